"""A small HTTP server in a thread of the worker's own process, for probes and for Prometheus.

It answers from its own thread, so it can still report a blocked loop.
"""

import os
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

from celery_reliable.health_address import Address

# A probe is one short request.
REQUEST_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Answer:
    """What a path answers."""

    status: int
    content_type: str
    body: bytes


Paths = Mapping[str, Callable[[], Answer]]


class Server:
    """Listens from the start on.

    Raises:
        OSError: it cannot listen there.
    """

    def __init__(self, address: Address, paths: Paths) -> None:
        handler = type("Handler", (_Handler,), {"paths": paths})
        if address.path:
            _remove_stale_socket(address.path)
            self._server: socketserver.TCPServer = _UnixServer(address.path, handler)
            self.address = address
        else:
            family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
            kind = type("TcpServer", (_TcpServer,), {"address_family": family})
            self._server = kind((address.host, address.port), handler)
            self.address = Address(address.host, self._server.socket.getsockname()[1])
        threading.Thread(target=self._server.serve_forever, name="celery-reliable-health", daemon=True).start()

    def leave(self) -> None:
        """In a forked child: close its copy of the socket, which would keep the address taken."""
        with suppress(OSError):
            os.close(self._server.fileno())


class _Handler(BaseHTTPRequestHandler):
    timeout = REQUEST_TIMEOUT_S
    paths: ClassVar[Paths] = {}
    server_version, sys_version = "celery-reliable", ""

    def do_GET(self) -> None:
        ask = self.paths.get(self.path.split("?", 1)[0])
        answer = ask() if ask else Answer(404, "text/plain", f"known: {' '.join(self.paths)}\n".encode())
        self.send_response(answer.status)
        for name, value in (("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))):
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815 - as the base class calls it

    def log_message(self, *_: object) -> None:
        """Log nothing: probes come every few seconds."""


class _Quiet:
    daemon_threads = True
    request_queue_size = 32

    def handle_error(self, *_: object) -> None:
        """A client that goes away is not an error of the worker."""


class _TcpServer(_Quiet, socketserver.ThreadingTCPServer):
    allow_reuse_address = True


class _UnixServer(_Quiet, socketserver.ThreadingUnixStreamServer):
    pass


def _remove_stale_socket(path: str) -> None:
    """Remove the socket of a killed worker; one with a listener is left."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            Path(path).unlink(missing_ok=True)
        except OSError:
            return
