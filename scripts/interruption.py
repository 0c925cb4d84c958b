"""Ctrl-C and its relatives as a state that is looked at, not an exception that may strike anywhere.

A KeyboardInterrupt that arrives between "the process is started" and "the process is noted down" would leave
it behind.
"""

import signal
import time
from types import FrameType

POLL_S = 0.02
# Whoever stops a whole process group reaches us directly and once more through `make`: that is one wish, not
# two.
REPEATED_WITHIN_S = 1.0

_ASKING_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """Raised by `Interruption.sleep` and `check` once a signal asked this program to stop."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.signum = signum

    @property
    def exit_code(self) -> int:
        """The exit code by the shells' convention: 128 + the signal's number."""
        return 128 + self.signum


class Interruption:
    """Counts the signals that ask to stop: the first means "stop what you do", a second "at once"."""

    def __init__(self) -> None:
        self._signum = 0
        self._count = 0
        self._last = 0.0

    def install(self) -> "Interruption":
        """Takes SIGINT, SIGTERM and SIGHUP (unless under nohup); returns itself."""
        signal.signal(signal.SIGINT, self._note)
        signal.signal(signal.SIGTERM, self._note)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._note)
        # What we start is in the terminal's background; inherited, this lets it write there under `stty
        # tostop`, too.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKING_TO_STOP)  # they wait if we were handed over to
        return self

    def uninstall(self) -> None:
        """Call it before this process becomes a program that is not ours: there signals do what they do.

        Raises Interrupted if one has come already.
        """
        for signum in (*_ASKING_TO_STOP, signal.SIGTTOU):
            if signal.getsignal(signum) == self._note or signum == signal.SIGTTOU:
                signal.signal(signum, signal.SIG_DFL)
        self.check()

    def hand_over(self) -> None:
        """Call it before this process becomes another program: a signal then waits for that one's `install`.

        Raises Interrupted if one has come already.
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
        """Whether the user has lost patience with an orderly stop."""
        return self._count > 1

    def check(self) -> None:
        """Raises Interrupted if a signal has come."""
        if self._count:
            raise Interrupted(self._signum)

    def sleep(self, seconds: float = POLL_S) -> None:
        """Waits a moment. Raises Interrupted if a signal has come, at the latest `POLL_S` after it."""
        until = time.monotonic() + seconds
        while True:
            self.check()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, POLL_S))
