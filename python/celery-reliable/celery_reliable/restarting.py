"""A restart by SIGHUP, also of a worker that was started by ``python -m celery``.

Celery runs ``sys.argv`` again. After ``python -m celery`` that begins with Celery's ``__main__.py``, which cannot
run as a script: the worker would end with an ``ImportError``.
"""

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import celery

_MAIN = str(Path(celery.__file__).with_name("__main__.py"))


def keep_command_line() -> None:
    """Make Celery's restart run the command again that started this worker. Celery ignores SIGHUP on a terminal."""
    restart = signal.getsignal(signal.SIGHUP)
    if threading.current_thread() is threading.main_thread() and callable(restart):
        signal.signal(signal.SIGHUP, _with_command_line(restart))


def _with_command_line(restart: Callable[[int, FrameType | None], object]) -> Callable[[int, FrameType | None], None]:
    def handle(signum: int, frame: FrameType | None) -> None:
        if sys.argv[0] == _MAIN:
            sys.argv[:1] = ["-m", "celery"]
        restart(signum, frame)

    return handle
