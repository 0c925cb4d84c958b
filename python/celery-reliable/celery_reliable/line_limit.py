"""Limits log lines that any client can cause (``node/celery-js/src/worker/observers/line-limit.js`` in Node)."""

import logging
import threading
from typing import Final

MINUTE_S = 60.0
#: The kind of broadcasts that cannot be read, commands and events alike.
MALFORMED: Final = "malformed broadcasts"


class LineLimit:
    """Logs the first line of each kind and minute, and the number of the others when the minute is over.

    Any thread may call it. ``minute_s`` is another length of a minute, for tests.
    """

    def __init__(self, logger: logging.Logger, minute_s: float = MINUTE_S) -> None:
        self._logger = logger
        self._minute_s = minute_s
        self._lock = threading.Lock()
        self._left_out: dict[str, int] = {}

    def error(self, kind: str, text: str, *args: object, exc_info: BaseException | None = None) -> None:
        """Log a line, or count it. ``kind`` is a plural noun from a small set."""
        with self._lock:
            if kind in self._left_out:
                self._left_out[kind] += 1
                return
            self._left_out[kind] = 0
        self._logger.error(text, *args, exc_info=exc_info)
        timer = threading.Timer(self._minute_s, self._end_minute, (kind,))
        timer.daemon = True
        timer.start()

    def _end_minute(self, kind: str) -> None:
        with self._lock:
            left_out = self._left_out.pop(kind)
        if left_out:
            self._logger.error("%d more %s in the last minute", left_out, kind)


#: The limit for lines about remote control and gossip in this process.
CONTROL_LINES = LineLimit(logging.getLogger(__name__))
