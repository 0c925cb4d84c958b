"""Records Ctrl-C and similar signals as a state to check, instead of an exception at any point.

A KeyboardInterrupt between the start of a process and its registration would leave the process behind.
"""

import signal
import time
from types import FrameType

POLL_S = 0.02
# A signal to the whole process group arrives directly and again through `make`; it counts once.
REPEATED_WITHIN_S = 1.0

_ASKING_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """Raised by `Interruption.sleep` and `check` after a signal to stop."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum

    @property
    def exit_code(self) -> int:
        """The exit code by the convention of shells: 128 + the signal's number."""
        return 128 + self.signum


class Interruption:
    """Counts signals: the first means stop in order, the second stop at once."""

    def __init__(self) -> None:
        self._signum = 0
        self._count = 0
        self._last = 0.0

    def install(self) -> "Interruption":
        """Handles SIGINT, SIGTERM and SIGHUP (unless under nohup). Returns itself."""
        signal.signal(signal.SIGINT, self._note)
        signal.signal(signal.SIGTERM, self._note)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._note)
        # Our child processes are in the terminal's background. They inherit this, so that they can write to
        # it under `stty tostop` too.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKING_TO_STOP)  # blocked after a hand-over
        return self

    def uninstall(self) -> None:
        """Restores the signals' defaults. Call it before this process becomes a program of others.

        Raises Interrupted if a signal has arrived.
        """
        for signum in (*_ASKING_TO_STOP, signal.SIGTTOU):
            if signal.getsignal(signum) == self._note or signum == signal.SIGTTOU:
                signal.signal(signum, signal.SIG_DFL)
        self.check()

    def hand_over(self) -> None:
        """Blocks signals until the next `install`.

        Call it before this process becomes another program of ours.

        Raises Interrupted if a signal has arrived.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, _ASKING_TO_STOP)
        self.check()

    def _note(self, signum: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if not self._count or now - self._last > REPEATED_WITHIN_S:
            self._count += 1
            self._last = now
        self._signum = self._signum or signum

    @property
    def asked_twice(self) -> bool:
        """Whether a second signal asked to stop at once."""
        return self._count > 1

    def check(self) -> None:
        """Raises Interrupted if a signal has arrived."""
        if self._count:
            raise Interrupted(self._signum)

    def sleep(self, seconds: float = POLL_S) -> None:
        """Waits. Raises Interrupted at most `POLL_S` after a signal."""
        until = time.monotonic() + seconds
        while True:
            self.check()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, POLL_S))
