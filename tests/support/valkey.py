"""A real Valkey server for a test: on a free port, append-only file on, restartable with its data."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from redis import Redis

from scripts import server
from tests.support.programs import Program
from tests.support.waiting import wait_until

STARTS_WITHIN_S = 45.0
PORT_TRIES = 3


def served(folders: pytest.TempPathFactory, name: str = "valkey") -> Iterator["ValkeyServer"]:
    """A server, for a fixture to yield from."""
    server = ValkeyServer(folders.mktemp(name))
    yield server
    server.close()


class ValkeyServer:
    """The server. It keeps its port and its data over `stop` and `kill` until `close`.

    `options` are added to its command line.
    """

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        self._folder = folder
        self.options = options
        self._folder.mkdir(parents=True, exist_ok=True)
        self._program: Program | None = None
        # Another program may take a free port before the server does.
        for _ in range(PORT_TRIES):
            self.port = server.free_port()
            if self._comes_up():
                return
            ended = self._log()
            self.stop()
        raise AssertionError(f"the server ended:\n{ended}")

    @property
    def url(self) -> str:
        """The URL of its database 0."""
        return server.url(self.port)

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._program is not None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._program is not None, "the server is stopped"
        return self._program.pid

    @property
    def client(self) -> "Redis":
        """A new client whose answers are text."""
        return Redis.from_url(self.url, decode_responses=True)

    def start(self) -> None:
        """Starts it and waits until it answers; the data of an earlier run is there again."""
        assert self._comes_up(), f"the server ended:\n{self._log()}"

    def _comes_up(self) -> bool:
        """Starts it; returns whether it is there to stay, once it answers or has ended."""
        assert self._program is None, "the server runs already"
        binary = os.environ.get("VALKEY_SERVER") or str(server.binary())
        command = [binary, *server.arguments(self.port, self._folder)[1:], *self.options]
        log = self._folder / "valkey.log"
        program = Program("valkey", command, cwd=self._folder, env=os.environ, log=log)
        self._program = program

        def is_decided() -> bool:
            return program.exit_code is not None or server.answers_as(self.port, program.pid)

        wait_until(is_decided, STARTS_WITHIN_S, "an answer of the server")
        return program.exit_code is None

    def _log(self) -> str:
        return self._program.log if self._program is not None else ""

    def stop(self) -> None:
        """Stops it in order: the data is on disk."""
        if self._program is not None:
            self._program.close()
            self._program = None

    def kill(self) -> None:
        """SIGKILL: a crash. What it had acknowledged is in its append-only file."""
        if self._program is not None:
            self._program.kill()
        self.stop()

    def restart(self) -> None:
        """Stops it and starts it again, on the same port with the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stops it for good."""
        self.stop()
