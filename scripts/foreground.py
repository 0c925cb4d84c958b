"""Takes over the terminal's foreground from `make`, so that only this process gets Ctrl-C.

A terminal signals its whole foreground group. `make` would report an interrupted target and fail, although
everything was stopped in order. Meanwhile Ctrl-Z is off, as the shell would not notice it.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def own_foreground() -> Iterator[None]:
    """Makes this process its terminal's foreground; does nothing without a terminal or in the background."""
    terminal = _terminal()
    if terminal is None:
        yield
        return
    before = os.getpgrp()
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        with suppress(OSError):  # the terminal or the earlier group may be gone
            os.tcsetpgrp(terminal, before)
        os.close(terminal)


def _terminal() -> int | None:
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    if os.tcgetpgrp(terminal) == os.getpgrp() != os.getpid():
        return terminal
    os.close(terminal)
    return None
