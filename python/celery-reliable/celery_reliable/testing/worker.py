"""A real worker for tests, of either language, as a separate process."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

READY_WITHIN_S = 60.0
STOPS_WITHIN_S = 30.0
# Celery logs "celery@host ready." when its consumer runs, and so does celery-js, in the format that it is set to.
_READY = re.compile(rb"\bready\b\.?")
_LATE = 'was not ready in time; it must print "ready", as Celery does with `--loglevel INFO`'
# The variables that tell a worker its server: Celery's own, and those of the template.
_SERVER_VARIABLES = ("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "JOBS_BROKER_URL", "JOBS_RESULT_BACKEND")


class LiveWorker:
    """A running worker."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, url: str) -> None:
        #: The server that it works for.
        self.url = url
        self._process = process
        self._log = log

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def log(self) -> str:
        """All that it has printed so far."""
        return self._log.read_text("utf-8", "replace")

    def stop(self) -> int:
        """Stop it as a deployment does, with SIGTERM: it may finish its tasks. Return its exit code."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """Kill it and the processes that it has started. Return its exit code."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait()


@contextmanager
def live_worker(
    command: Sequence[str | Path],
    url: str,
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[LiveWorker]:
    """Run a worker until the end of the block, and yield it when it is ready.

    Args:
        command: starts the worker: ``["celery", "-A", "shop", "worker"]``, ``["node", "js_workers/worker.js"]``.
        url: of its server; the worker finds it as ``CELERY_BROKER_URL``, ``CELERY_RESULT_BACKEND``, ``JOBS_BROKER_URL``
            and ``JOBS_RESULT_BACKEND``.
        cwd: the folder to start it in.
        env: more variables, over those of this process.

    Raises:
        RuntimeError: it ended, or was not ready within a minute; the message has its output.
    """
    variables = {**os.environ, **dict.fromkeys(_SERVER_VARIABLES, url), **(env or {})}
    with tempfile.TemporaryDirectory(prefix="live-worker-") as folder:
        log = Path(folder) / "worker.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - the caller's command
                command, cwd=cwd, env=variables, stdout=output, stderr=output, start_new_session=True
            )
        worker = LiveWorker(process, log, url)
        try:
            _wait_until_ready(process, log)
            yield worker
        finally:
            worker.stop()
            worker.kill()


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not _READY.search(log.read_bytes()):
        if process.poll() is not None or time.monotonic() > deadline:
            what = _LATE if process.returncode is None else f"ended with {process.returncode}"
            output = log.read_text("utf-8", "replace")
            raise RuntimeError(f"the worker {process.args!r} {what}:\n{output}")
        time.sleep(0.02)
