"""A TCP proxy on loopback: it loses the server's answer to one command, spoils answers, or speaks TLS."""

import socket
import ssl
import threading
from contextlib import suppress


class Proxy:
    """Forwards to a port of 127.0.0.1 until `close`. With `tls` its clients have to speak that."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._target = port
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._cut_after: bytes | None = None
        self._lock = threading.Lock()
        self.cuts = 0
        self._spoilings = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The URL of the server, through here."""
        return f"redis://127.0.0.1:{self.port}/0"

    def cut_after(self, command: bytes) -> None:
        """Cut the connection whose client sends these bytes next: the server gets them, its answer gets lost."""
        with self._lock:
            self._cut_after = command

    def corrupt(self) -> None:
        """Spoil the first byte of what the server sends next, on each present connection."""
        with self._lock:
            self._spoilings += 1

    def close(self) -> None:
        """Accept no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._tls is not None:
                    try:
                        client = self._tls.wrap_socket(client, server_side=True)
                    except OSError:
                        continue  # not TLS, or a client that does not trust us
                server = socket.create_connection(("127.0.0.1", self._target))
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, target, source is client), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, is_request: bool) -> None:
        spoilings = self._spoilings
        with suppress(OSError):
            while data := source.recv(65536):
                if not is_request and spoilings != self._spoilings:
                    spoilings = self._spoilings
                    data = b"\x00" + data[1:]
                if is_request and self._is_to_be_cut(data):
                    self.cuts += 1  # first: the other direction may end both connections meanwhile
                    source.shutdown(socket.SHUT_WR)  # the client sees the end before the server has answered
                    target.sendall(data)
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _is_to_be_cut(self, data: bytes) -> bool:
        with self._lock:
            if self._cut_after is None or self._cut_after not in data:
                return False
            self._cut_after = None
            return True
