"""A TCP proxy on loopback, to put between a program and its server: it holds, drops and cuts what passes."""

import socket
import threading
from contextlib import suppress
from types import TracebackType

CHUNK = 65_536


class Proxy:
    """Listens on a port of its own and passes everything on to another port of this machine.

    What is held is neither lost nor delivered until `release`; a connection that is cut while something of it
    is held is cut on the client's side only. So a held reply never arrives, and a held request arrives late,
    when its client has long given up. Use it as a context manager, or call `close`.
    """

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._links: list[_Link] = []
        self._frozen = False
        self._thread = threading.Thread(target=self._accept, name="proxy", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The URL of database 0 of a Redis server behind it."""
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
        """Hold everything, on new connections as well: the network is there and nothing comes through."""
        with self._lock:
            self._frozen = True
        self.hold_requests()
        self.hold_replies()

    def release(self) -> None:
        """Pass on what is held; what belongs to a client that is gone reaches the server all the same."""
        with self._lock:
            self._frozen = False
        for link in self._present():
            link.requests.gate.set()
            link.replies.gate.set()

    def cut(self) -> None:
        """Close the clients' side of every present connection."""
        for link in self._present():
            link.cut()

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
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:  # the server is away: so are we
                client.close()
                continue
            with self._lock:
                self._links.append(_Link(client, server, frozen=self._frozen))


class _Link:
    """One connection, its two directions."""

    def __init__(self, client: socket.socket, server: socket.socket, *, frozen: bool) -> None:
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

    def close(self) -> None:
        """Close both sides, and wait for the end of both directions; the gates must be open."""
        for side in (self._client, self._server):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
        for direction in (self.requests, self.replies):
            direction.join()
        self._client.close()
        self._server.close()


class _Direction(threading.Thread):
    """Passes on what one side sends, through a gate, until that side ends; then it ends the other."""

    def __init__(self, source: socket.socket, target: socket.socket, *, frozen: bool) -> None:
        super().__init__(name="proxy connection", daemon=True)
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
                self._target.sendall(data)
        with suppress(OSError):
            self._target.shutdown(socket.SHUT_WR)
