"""A TCP proxy on loopback, to put between a program and its server: it injects the faults of a network."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

# What becomes of the server's bytes on their way to a client.
Change = Callable[[bytes], bytes]

CHUNK = 65_536


class Proxy:
    """Listens on its own port and forwards everything to another port of this machine.

    What is held is neither lost nor delivered until `release`; a connection that is cut while something of it
    is held is cut on the client's side only. So a held reply never arrives, and a held request arrives late,
    when its client has long given up. Use it as a context manager, or call `close`.

    | Fault | |
    |---|---|
    | a frozen server or network | `freeze`, `hold_requests`, `hold_replies`, then `release` |
    | a machine that accepts and never answers | `be_silent`, then `move` to a healthy server |
    | replies out of step with the commands | `inject_reply` (one too many), `drop_next_reply` (one too few) |
    | a corrupt byte | `change_replies(lambda data: data.replace(b":1", b"?1", 1))` |
    | the same, on each connection for itself | `change_each` |
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._links: list[_Link] = []
        self._frozen = False
        self._silent = False
        self._make_change: Callable[[], Change] | None = None
        self.accepted = 0
        """How many connections there have been."""
        self._thread = threading.Thread(target=self._accept, name="proxy", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The URL of database 0 of the Redis server, through the proxy."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def held_bytes(self) -> int:
        """How much the clients have sent that is held here."""
        return sum(link.requests.held_bytes for link in self._present())

    def hold_requests(self) -> None:
        """Hold what the clients send on the present connections; new ones are not concerned."""
        for link in self._present():
            link.requests.gate.clear()

    def hold_replies(self) -> None:
        """Hold what the server sends on the present connections; new ones are not concerned."""
        for link in self._present():
            link.replies.gate.clear()

    def freeze(self) -> None:
        """Hold back everything, on new connections too, like a network that delivers nothing."""
        with self._lock:
            self._frozen = True
        self.hold_requests()
        self.hold_replies()

    def release(self) -> None:
        """Forward everything held back, even commands of clients that have disconnected."""
        with self._lock:
            self._frozen = False
        for link in self._present():
            link.requests.gate.set()
            link.replies.gate.set()

    def cut(self) -> None:
        """Close the clients' side of every present connection."""
        for link in self._present():
            link.cut()

    def be_silent(self) -> None:
        """Accept new connections, read what they send, and answer nothing, until `move`."""
        self._silent = True

    def move(self, server_port: int | None = None) -> None:
        """Lead new connections to another server, or to the same one again."""
        self._server_port = server_port or self._server_port
        self._silent = False

    def change_replies(self, change: Change | None) -> None:
        """Change what the server sends from now on, on every connection; None: nothing any more."""
        self.change_each((lambda: change) if change else None)

    def change_each(
        self, make: Callable[[], Change] | None, *, new: bool = True, present: bool = True
    ) -> None:
        """Do the same with a separate change for each connection, which can keep state.

        It holds for connections made from now on (`new`), for those that are there (`present`), or both.
        """
        if new:
            self._make_change = make
        if present:
            for link in self._present():
                link.replies.change = make() if make else None

    def inject_reply(self, reply: bytes = b":0\r\n") -> None:
        """Send the clients of all open connections a reply to no command."""
        for link in self._present():
            link.inject(reply)

    def drop_next_reply(self) -> None:
        """Lose the next thing that the server sends on each present connection, once."""
        for link in self._present():
            link.replies.drops_next = True

    def close(self) -> None:
        """Close the port and every connection."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self.release()
        for link in self._present():
            link.close()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _present(self) -> list["_Link"]:
        with self._lock:
            for link in [link for link in self._links if not link.is_open]:
                link.close()
                self._links.remove(link)
            return list(self._links)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            if self._silent:
                with self._lock:
                    self._links.append(_Link(client, None, frozen=False))
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:  # the server is away: so are we
                client.close()
                continue
            with self._lock:
                link = _Link(client, server, frozen=self._frozen)
                link.replies.change = self._make_change() if self._make_change else None
                self._links.append(link)


class _Link:
    """One connection, its two directions."""

    def __init__(self, client: socket.socket, server: socket.socket | None, *, frozen: bool) -> None:
        if server is None:  # nobody reads what goes there, and nothing comes back
            server, self._nobody = socket.socketpair()
            threading.Thread(target=_swallow, args=(self._nobody,), daemon=True).start()
        self._client, self._server = client, server
        self.requests = _Direction(client, server, frozen=frozen)
        self.replies = _Direction(server, client, frozen=frozen)

    @property
    def is_open(self) -> bool:
        """Whether something may still pass."""
        return self.requests.is_alive() or self.replies.is_alive()

    def cut(self) -> None:
        """Close the client's side."""
        with suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)

    def inject(self, reply: bytes) -> None:
        """Send the client something of ours."""
        with suppress(OSError):
            self._client.sendall(reply)

    def close(self) -> None:
        """Close both sides, and wait for the end of both directions; the gates must be open."""
        for side in (self._client, self._server):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
        for direction in (self.requests, self.replies):
            direction.join()
        self._client.close()
        self._server.close()


def _swallow(nobody: socket.socket) -> None:
    with suppress(OSError):
        while nobody.recv(CHUNK):
            pass
    nobody.close()


class _Direction(threading.Thread):
    """Passes on what one side sends, through a gate, until that side ends; then it ends the other."""

    def __init__(self, source: socket.socket, target: socket.socket, *, frozen: bool) -> None:
        super().__init__(name="proxy connection", daemon=True)
        self.change: Change | None = None
        self.drops_next = False
        self._source, self._target = source, target
        self.gate = threading.Event()
        if not frozen:
            self.gate.set()
        self.held_bytes = 0
        self.start()

    def run(self) -> None:
        with suppress(OSError):
            while data := self._source.recv(CHUNK):
                if not self.gate.is_set():
                    self.held_bytes = len(data)
                self.gate.wait()
                self.held_bytes = 0
                if self.drops_next:
                    self.drops_next = False
                    continue
                change = self.change
                self._target.sendall(change(data) if change else data)
        with suppress(OSError):
            self._target.shutdown(socket.SHUT_WR)
