"""A fresh copy of the repository, as a clone has it, and a shell to type into."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scripts import poetry
from scripts.environment import server_variables
from scripts.paths import ROOT, TOOL_POETRY
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.workers import clean_environment

ENDS_WITHIN_S = 300.0


class Shell:
    """Types lines in a copy of the repository. Started programs run until `close`."""

    def __init__(self, copy: Path, logs: Path, env: Mapping[str, str]) -> None:
        self.copy = copy
        self.env = dict(env)
        self._logs = logs
        self._programs: list[Program] = []

    def start(self, folder: str, line: str) -> Program:
        """Types a line that starts something that stays."""
        log = self._logs / f"{len(self._programs)}.log"
        typed = line if "&&" in line else f"exec {line}"  # a signal is for the program, not for its shell
        program = Program(line, ["sh", "-c", typed], cwd=self.copy / folder, env=self.env, log=log)
        self._programs.append(program)
        return program

    def run(self, folder: str, line: str) -> list[str]:
        """Types a line, waits for its end and returns the lines that it printed.

        Raises AssertionError, with them, when it does not exit with 0.
        """
        program = self.start(folder, line)
        exit_code = program.wait(ENDS_WITHIN_S)
        assert exit_code == 0, f"`{line}` ended with {exit_code}:\n{program.log}"
        return program.log.splitlines()

    def close(self) -> None:
        """Stops what still runs, the last first."""
        for program in reversed(self._programs):
            program.close()


@pytest.fixture(scope="module")
def shell(module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell in a fresh copy, with Poetry on its path and its own server."""
    yield from shell_in_copy(module_valkey, tmp_path_factory)


def shell_in_copy(server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell in a fresh copy, for a fixture to yield from."""
    copy = _copied_to(tmp_path_factory.mktemp("copy"))
    env = {**clean_environment(), **server_variables(server.url), "REDIS_URL": server.url}
    if shutil.which("poetry") is None:  # set-up has installed one
        env["PATH"] += f":{TOOL_POETRY / 'bin'}"
        env[poetry.INDEX_VARIABLE] = poetry.pip_index(env)
    shell = Shell(copy, tmp_path_factory.mktemp("logs"), env)
    yield shell
    shell.close()
    shutil.rmtree(copy)  # hundreds of megabytes, which pytest would keep


def _copied_to(target: Path) -> Path:
    """Copies what git has or would be given: neither virtual environment nor installed packages."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target
