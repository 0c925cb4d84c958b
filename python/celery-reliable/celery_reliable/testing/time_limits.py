"""Time limits for eager tasks, as Celery's pool has them for its processes.

At the soft limit the running code gets ``SoftTimeLimitExceeded``, which it may catch. At the hard limit a worker kills
the process. Here the function ends with an exception that ``except Exception`` does not catch.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded

# The signal that Celery's pool sends at a soft limit. SIGALRM is pytest-timeout's.
_SIGNAL: Any = getattr(signal, "SIGUSR1", None)


class _Killed(BaseException):
    """Ends a function at its hard limit, past its ``except Exception``."""


@contextmanager
def time_limits(hard_s: float | None, soft_s: float | None) -> Iterator[None]:
    """Limit the time of the code in the block; 0 and None: no limit.

    Only the main thread can be interrupted: elsewhere, and on Windows, there are no limits.

    Raises:
        SoftTimeLimitExceeded: at the soft limit, where the code is.
        TimeLimitExceeded: at the end of the block, if the hard limit ended it.
    """
    is_main = threading.current_thread() is threading.main_thread()
    killed = _Killed()
    limits = [(limit_s, error) for limit_s, error in ((soft_s, SoftTimeLimitExceeded()), (hard_s, killed)) if limit_s]
    if not limits or not is_main or _SIGNAL is None:
        yield
        return
    try:
        with _interruptions(limits):
            yield
    except _Killed as error:
        if error is not killed:  # the limit of a task that has called this one
            raise
        raise TimeLimitExceeded(hard_s) from None


@contextmanager
def _interruptions(limits: list[tuple[float, BaseException]]) -> Iterator[None]:
    """Raise each error in the main thread after its time, unless the block has ended."""
    due: list[BaseException] = []

    def interrupt(signum: int, frame: FrameType | None) -> None:
        if due:
            raise due.pop(0)
        if callable(outer):
            outer(signum, frame)

    outer = signal.signal(_SIGNAL, interrupt)
    timers = [_timer(limit_s, error, due) for limit_s, error in limits]
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
            timer.join()
        due.clear()
        signal.signal(_SIGNAL, outer)


def _timer(limit_s: float, error: BaseException, due: list[BaseException]) -> threading.Timer:
    main = threading.get_ident()

    def interrupt() -> None:
        due.append(error)
        signal.pthread_kill(main, _SIGNAL)

    timer = threading.Timer(limit_s, interrupt)
    timer.daemon = True
    timer.start()
    return timer
