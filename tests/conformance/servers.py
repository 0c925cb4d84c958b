"""Servers that the shared fixtures do not have."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import server
from tests.support.programs import Program


@contextmanager
def password_server(port: int, folder: Path, user: str, password: str) -> Iterator[Program]:
    """A Valkey server on a port that answers only to a user with a password."""
    binary = os.environ.get("VALKEY_SERVER") or str(server.binary())
    users = ["--user", user, "on", f">{password}", "~*", "&*", "+@all", "--user", "default", "off"]
    command = [binary, *server.arguments(port, folder)[1:], *users]
    with Program("valkey", command, cwd=folder, env=os.environ, log=folder / "valkey.log") as program:
        program.wait_for_log("Ready to accept connections")
        yield program


class Refusals:
    """A port that closes every connection at once, and counts them."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.count = 0
        self._thread = threading.Thread(target=self._refuse, daemon=True)
        self._thread.start()

    def _refuse(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.count += 1
            connection.close()

    def close(self) -> None:
        """Close the port: from now on connections are refused by the system."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
