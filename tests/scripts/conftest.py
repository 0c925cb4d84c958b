"""Fixtures of the tests of make targets: start a target, and find the processes that it left behind."""

import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from scripts.paths import ROOT
from scripts.processes import Command
from tests.support.programs import Program
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment

FakeProgram = Callable[[str, str], dict[str, str]]

MARKER = "SPANNING_TEST_MARKER"
GONE_WITHIN_S = 20.0
ALREADY_SET_UP_WITHIN_S = 60.0


class Target:
    """Starts commands of the repository whose processes, and those that these start, carry a mark."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark = uuid.uuid4().hex
        self.started: list[Program] = []

    def start(self, *command: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Program:
        """Starts a command in its own process group, as a shell does."""
        log = self._folder / f"{len(self.started)}.log"
        full: Command = list(command)
        program = Program(
            " ".join(command), full, cwd=cwd, env={**self.environment(), **(env or {})}, log=log
        )
        self.started.append(program)
        return program

    def run(self, *command: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Runs a command to its end and returns its exit code and output."""
        program = self.start(*command, cwd=cwd, env=env)
        return program.wait(ALREADY_SET_UP_WITHIN_S), program.log

    def close(self) -> None:
        """Stops what it has started."""
        for program in self.started:
            program.close()

    def environment(self) -> dict[str, str]:
        """The environment of marked processes."""
        return {**clean_environment(), MARKER: self._mark, "TERM": "dumb"}

    def pids(self) -> dict[int, str]:
        """The living processes that carry the mark (on a system with /proc), with their command lines."""
        marked = f"{MARKER}={self._mark}".encode()
        return {int(pid): _command_line(pid) for pid in _pids() if marked in _read(pid, "environ")}

    def expect_nothing_left(self) -> None:
        """Fails unless all marked processes end soon."""
        wait_until(lambda: not self.pids(), GONE_WITHIN_S, f"the end of {list(self.pids().values())}")


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    """Commands that the test may start; they are stopped when it ends."""
    running = Target(tmp_path)
    yield running
    running.close()


@pytest.fixture(scope="module")
def module_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Commands for what the tests of a file share."""
    running = Target(tmp_path_factory.mktemp("module-target"))
    yield running
    running.close()


@pytest.fixture
def fake_program(tmp_path: Path) -> FakeProgram:
    """`fake_program(name, script)` puts a shell script first on PATH and returns that environment."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(name: str, script: str) -> dict[str, str]:
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}

    return put


def _pids() -> list[str]:
    return [entry.name for entry in Path("/proc").glob("[0-9]*") if re.fullmatch(r"\d+", entry.name)]


def _read(pid: str, file: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{file}").read_bytes()
    except OSError:
        return b""


def _command_line(pid: str) -> str:
    return _read(pid, "cmdline").replace(b"\0", b" ").decode("utf-8", "replace").strip()
