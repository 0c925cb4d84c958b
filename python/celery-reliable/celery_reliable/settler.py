"""A thread that settles completed messages if nothing else has settled them in time.

The worker's loop cannot: with the pool ``solo`` it runs tasks, and with others it may sleep until the next task ends.
"""

import threading
import time
from collections.abc import Callable


class Settler:
    """Calls ``settle`` at most ``wait_s`` seconds after it was asked to."""

    def __init__(self, settle: Callable[[], None], wait_s: float) -> None:
        self._settle = settle
        self._wait_s = wait_s
        self._is_wanted = threading.Event()
        self._is_stopped = False
        self._thread: threading.Thread | None = None

    def settle_soon(self) -> None:
        """Request settling. Only one thread may call it."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="celery_reliable settler", daemon=True)
            self._thread.start()
        if not self._is_wanted.is_set():
            self._is_wanted.set()

    def stop(self) -> None:
        """End the thread."""
        self._is_stopped = True
        self._is_wanted.set()

    def _run(self) -> None:
        while self._is_wanted.wait() and not self._is_stopped:
            time.sleep(self._wait_s)
            self._is_wanted.clear()  # before settling, so that messages completed meanwhile set it again
            self._settle()
