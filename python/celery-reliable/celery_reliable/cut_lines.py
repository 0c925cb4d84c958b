"""Cuts what a log line shows of a message: Celery logs the headers of a refused one in full, of 64 MiB if they are."""

import logging
import traceback
from contextlib import suppress

from celery.utils.saferepr import saferepr

from celery_reliable.types import Passed

#: How many characters of one value a line shows, as Celery shows of arguments.
SHOWN = 1_024
_CUT = "..."
# Of lines that are written for a message, only those about refused ones.
_LOGGERS = ("celery.worker.consumer.consumer", "celery_reliable.intake", "celery_reliable.consumer")


class CutLines(logging.Filter):
    """Changes the records of a logger, and drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the values of a line, and the texts of its errors, unless one of them cannot be written as text."""
        with suppress(Exception):
            self._cut(record)
        return True

    def _cut(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_cut, record.args))
        elif record.args:
            record.args = {name: _cut(value) for name, value in record.args.items()}
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is not None and any(len(str(each)) > SHOWN for each in _chain(error)):
            lines = traceback.format_exception(error)
            record.exc_text = "".join(_shortened(line) for line in lines).rstrip()


def cut_lines() -> None:
    """Cut the lines of this process about refused messages. Idempotent."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, CutLines) for each in logger.filters):
            logger.addFilter(CutLines())


class _Shown:
    """A value in a line: its beginning."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _cut(value: Passed) -> Passed:
    if isinstance(value, (dict, list, tuple)):
        return _Shown(_shortened(saferepr(value, maxlen=SHOWN)))
    if isinstance(value, BaseException):
        return value if len(str(value)) <= SHOWN else _Shown(f"{type(value).__name__}: {_shortened(str(value))}")
    return _shortened(value, 4 * SHOWN) if isinstance(value, str) else value


def _shortened(text: str, most: int = SHOWN) -> str:
    return text if len(text) <= most else f"{text[:most]}{_CUT}"


def _chain(error: BaseException) -> list[BaseException]:
    """The error and those behind it."""
    errors: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in errors:
        errors.append(following)
        following = following.__cause__ or following.__context__
    return errors
