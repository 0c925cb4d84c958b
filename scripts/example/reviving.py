"""Starts a program of `make example` again when it has ended: readers kill them, to see what happens."""

from typing import Any

from scripts.processes import Process
from scripts.supervisor import State, Supervised, Supervisor
from scripts.workers import Worker


class RevivingSupervisor(Supervisor):
    """A supervisor under which only a program that never became ready ends the others."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._ready: set[Process] = set()

    def step(self) -> None:
        """Starts programs that have ended, and handles changes."""
        for one in self._supervised:
            if _is_missing(one) and one.process in self._ready:
                self._ready.remove(one.process)
                self._console.line(
                    f"The {one.worker.name} ended with {one.process.exit_code}: starting it again."
                )
                one.process = self._start(one.worker)
        super().step()

    def note_ready(self, worker: Worker) -> None:
        """Notes that a program is ready."""
        super().note_ready(worker)
        self._ready |= {one.process for one in self._supervised if one.worker.name == worker.name}

    @property
    def ended(self) -> Process | None:
        """A program that has ended and would only end again, if any."""
        missing = (one.process for one in self._supervised if _is_missing(one))
        return next((process for process in missing if process not in self._ready), None)


def _is_missing(one: Supervised) -> bool:
    return one.state is State.RUNNING and one.has_ended
