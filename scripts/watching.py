"""Watches the source files of workers in a thread. Runs in python/.venv, which has watchfiles."""

import os
import queue
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import watchfiles

from scripts.failure import CommandFailed
from scripts.workers import Worker

# How long to collect changes, so that those of one save or `git checkout` arrive together.
DEBOUNCE_MS = 400
STEP_MS = 50
CLIENT = "client_example"  # in the workers' folder, but not part of them
NO_SOURCES = ("__pycache__", "node_modules")


class Watch:
    """A context manager that collects the changed source files of workers."""

    def __init__(self, workers: Iterable[Worker]) -> None:
        self._suffixes = {worker.sources: worker.suffixes for worker in workers if worker.sources}
        self._changes: queue.SimpleQueue[Path | Exception] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def changed(self) -> set[Path]:
        """Returns the files that were changed, added or deleted since the last call.

        Raises CommandFailed when the machine cannot watch them.
        """
        changed = set()
        with suppress(queue.Empty):
            while True:
                found = self._changes.get_nowait()
                if isinstance(found, Exception):
                    raise CommandFailed(
                        f"cannot watch the task files: {found}. Start without: make up WATCH=0"
                    )
                changed.add(found)
        return changed

    def _run(self) -> None:
        batches = watchfiles.watch(
            *self._suffixes,
            watch_filter=lambda _kind, path: self._counts(Path(path)),
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._stop,
            raise_interrupt=False,
        )
        try:
            for batch in batches:
                for _, path in batch:
                    self._changes.put(Path(path))
        except Exception as error:
            self._changes.put(error)

    def _counts(self, path: Path) -> bool:
        root = next((root for root in self._suffixes if path.is_relative_to(root)), path)
        if any(part.startswith(".") or part in NO_SOURCES for part in path.relative_to(root).parts):
            return False
        if path.is_dir():  # a folder that was moved here: nothing reports its files
            files = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
            return any(map(self._counts, files))
        return path.suffix in self._suffixes.get(root, ()) and path.stem != CLIENT
