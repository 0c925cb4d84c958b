"""Logs that a server is away, and decides how long to wait for it.

One line at the start with the reason, at most one a minute while it lasts, one at the end with its length. A server
that comes back and goes again within ``STABLE_S`` has one long outage; otherwise each return would be two
lines.
"""

import logging
import random
import threading
import time
from collections.abc import Callable

from redis.exceptions import AuthenticationError, ReadOnlyError

from celery_reliable.refusals import is_missing_right, is_passing

# Pauses between two attempts, each twice as long as the last. The longest one is random for each process, so that
# workers that lost a server together do not come back together.
FIRST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 4.0
# How often a line is written while it lasts.
REPEAT_S = 60.0
# After this time pool processes log as well, because the server may refuse only results.
OTHERS_LOG_AFTER_S = 120.0
# A server counts as back after working for this long.
STABLE_S = 10.0


class Outage:
    """One server, as one process sees it. Any thread may call it.

    ``now`` is a clock in seconds.
    """

    def __init__(self, logger: logging.Logger, what: str, now: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._what = what
        self._now = now
        self._lock = threading.Lock()
        self._since: float | None = None
        self._back_at: float | None = None
        self._logged_at = 0.0
        self._has_logged_end = False
        self._attempts = 0
        self._first_logged_after_s = 0.0
        self._has_logged_start = False
        self.longest_pause_s = random.uniform(0.6, 1) * LONGEST_PAUSE_S  # noqa: S311 - no secret

    def leave_to_others(self) -> None:
        """Log long outages and missing rights only: the worker's own process logs the same server's outage at once."""
        self._first_logged_after_s = OTHERS_LOG_AFTER_S

    @property
    def is_ongoing(self) -> bool:
        """Whether the server has failed and not worked since."""
        return self._since is not None and self._back_at is None

    @property
    def is_recent(self) -> bool:
        """Whether it lasts, or has just ended, so that other log lines now are about it."""
        return self._since is not None and not self._is_stable()

    @property
    def is_flapping(self) -> bool:
        """Whether the server has just come back and may fail again, so that other lines about it are dropped."""
        return self._has_logged_end and not self._is_stable()

    def failed(self, problem: str, reason: object) -> None:
        """Note an attempt to connect that has failed: the next pause is longer. See ``noticed``."""
        self.noticed(problem, reason)
        with self._lock:
            self._attempts += 1

    def noticed(self, problem: str, reason: object) -> None:
        """Note a failure; ``problem`` begins the first line, ``reason`` is the server's or system's error."""
        with self._lock:
            now = self._now()
            if self._since is None or self._is_stable():
                self._since, self._attempts, self._has_logged_end, self._has_logged_start = now, 0, False, False
            if not self._has_logged_start:
                # A right may be missing for results alone, of which the worker's own process notices nothing.
                if is_missing_right(reason) or now - self._since >= self._first_logged_after_s:
                    self._has_logged_start = True
                    self._log(logging.ERROR, "%s: %s. Trying again until it answers", problem, described(reason))
            elif now - self._logged_at >= REPEAT_S:
                self._log(logging.ERROR, "%s is away for %.0f s: %s", self._what, now - self._since, described(reason))
            self._back_at = None

    def over(self) -> None:
        """Note that the server works again."""
        with self._lock:
            if self._since is None or self._back_at is not None:
                return
            self._back_at = self._now()
            if not self._has_logged_end:
                self._has_logged_end = True
                if not self._has_logged_start:
                    return
                self._log(logging.WARNING, "%s is back after %.1f s", self._what, self._back_at - self._since)

    def pause_s(self) -> float:
        """How long to wait before the next attempt."""
        longest = min(self.longest_pause_s, FIRST_PAUSE_S * (1 << min(self._attempts, 10)))
        return longest * random.uniform(0.5, 1)  # noqa: S311 - no secret

    def _is_stable(self) -> bool:
        return self._back_at is not None and self._now() - self._back_at >= STABLE_S

    def _log(self, level: int, text: str, *args: object) -> None:
        self._logged_at = self._now()
        self._logger.log(level, text, *args)


def lost_line(where: str, error: Exception) -> str:
    """The start of a line that names the broker's connection that noticed; a refusal is not a loss."""
    is_refusal = is_passing(error) and not isinstance(error, (ReadOnlyError, AuthenticationError))
    return f"The broker refuses its service ({where})" if is_refusal else f"Connection to broker lost ({where})"


#: The outage of this process's broker, whichever connection notices first.
BROKER_OUTAGE = Outage(logging.getLogger(__name__), "The broker")


def described(reason: object) -> str:
    """Return the reason in one line, without a final full stop; for an error without a text, its name."""
    text = " ".join(str(reason).split()).rstrip(".")
    return text or type(reason).__name__
