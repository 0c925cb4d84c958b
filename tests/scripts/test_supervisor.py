"""`make up` and changes that come while a worker restarts. `test_reload.py` restarts real workers."""

import io
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import supervisor as supervisor_module
from scripts.console import Console
from scripts.processes import Process
from scripts.supervisor import Supervisor
from scripts.workers import Worker
from tests.support.waiting import wait_until

WITHIN_S = 20.0
# It ignores SIGTERM, like a worker with a running task.
BUSY = 'trap "" TERM; echo started; while true; do sleep 0.05; done'


class Reloads:
    """A supervised program whose sources are in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = io.StringIO()
        self.started: list[subprocess.Popen[bytes]] = []
        self._changed: set[Path] = set()
        self.worker = Worker(
            name="python worker",
            language="python",
            queues="py-queue",
            command=["sh", "-c", BUSY],
            cwd=folder,
            env_file=folder,
            says_ready=lambda _line: True,
            sources=folder,
            has_standby=True,
        )
        self.supervisor = Supervisor(Console(self.output), self._start, self, 100.0)  # type: ignore[arg-type]
        self.supervisor.add(self.worker)

    def _start(self, worker: Worker) -> Process:
        popen = subprocess.Popen(worker.command, stdout=subprocess.PIPE, process_group=0)
        assert popen.stdout
        popen.stdout.readline()
        self.started.append(popen)
        return Process(worker.name, popen)

    def changed(self) -> set[Path]:
        """What a `Watch` reports."""
        changed, self._changed = self._changed, set()
        return changed

    def save(self, name: str, text: str) -> None:
        """Writes a file and has the supervisor see it."""
        (self.folder / name).write_text(text)
        self._changed.add(self.folder / name)
        self.supervisor.step()

    def end(self, popen: "subprocess.Popen[bytes]") -> None:
        """Ends a process and has the supervisor see that."""
        popen.kill()
        popen.wait()
        self.supervisor.step()

    def close(self) -> None:
        for popen in self.started:
            popen.kill()
            popen.wait()
            assert popen.stdout
            popen.stdout.close()

    @property
    def lines(self) -> list[str]:
        return self.output.getvalue().splitlines()


@pytest.fixture
def reloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reloads]:
    monkeypatch.setattr(supervisor_module, "ROOT", tmp_path)
    running = Reloads(tmp_path)
    yield running
    running.close()


def test_a_change_while_the_worker_stops_is_in_what_takes_over(reloads: Reloads) -> None:
    reloads.save("a.py", "x = 1\n")
    reloads.save("b.py", "x = 1\n")
    worker, outdated, prepared = reloads.started

    reloads.end(worker)
    reloads.supervisor.note_ready(reloads.worker)

    assert wait_until(outdated.poll, WITHIN_S) == -signal.SIGKILL
    assert [process.popen.pid for process in reloads.supervisor.processes] == [prepared.pid]
    assert [line.rpartition(" in ")[0] for line in reloads.lines] == [
        "The python worker has reloaded a.py and 1 more"
    ]


def test_a_file_that_breaks_while_the_worker_stops_waits_for_the_next_change(reloads: Reloads) -> None:
    reloads.save("a.py", "x = 1\n")
    reloads.save("b.py", "x = (\n")
    reloads.end(reloads.started[0])

    assert "b.py:1: SyntaxError: '(' was never closed" in reloads.lines[0]
    assert reloads.lines[1:] == ["The python worker starts at the next change."]
    reloads.save("b.py", "x = 2\n")
    reloads.supervisor.note_ready(reloads.worker)
    assert reloads.lines[2].startswith("The python worker has reloaded a.py and 1 more in ")


def test_a_file_that_breaks_while_the_worker_starts_is_not_forgotten(reloads: Reloads) -> None:
    reloads.save("a.py", "x = 1\n")
    reloads.end(reloads.started[0])
    reloads.save("b.py", "x = (\n")
    reloads.supervisor.note_ready(reloads.worker)

    problem, verdict, reloaded = reloads.lines
    assert problem.endswith("b.py:1: SyntaxError: '(' was never closed")
    assert verdict == "The python worker keeps running its old code."
    assert reloaded.startswith("The python worker has reloaded a.py in ")
    reloads.save("a.py", "x = 2\n")
    assert reloads.lines[3:] == [problem, verdict]
    reloads.save("b.py", "x = 2\n")
    assert len(reloads.started) == 3, "it restarts, as all files parse"
