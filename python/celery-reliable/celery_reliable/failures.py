"""Results keep the text of every error: Celery stores ``args``, and pydantic's ValidationError has none.

What is read is an ``Exception``: the name of a stored error could be that of one that ends its reader.
"""

from celery.backends.base import Backend
from celery.utils.serialization import create_exception_cls

from celery_reliable.types import Passed


class WithErrorTexts(Backend):
    """A result backend that stores the text of an error without ``args``."""

    def prepare_exception(self, exc: Exception, serializer: str | None = None) -> Passed:
        """Return what is stored (mirrors ``Backend.prepare_exception``)."""
        stored = super().prepare_exception(exc, serializer)
        if isinstance(stored, dict) and not exc.args and str(exc):
            return {**stored, "exc_message": (str(exc),)}
        return stored

    def exception_to_python(self, exc: Passed) -> Passed:
        """Return a stored error (mirrors ``Backend.exception_to_python``); a ``SystemExit`` only by its name."""
        try:
            error: Passed = super().exception_to_python(exc)
        except Exception:
            raise
        except BaseException as raised:
            error = raised
        if not isinstance(error, BaseException) or isinstance(error, Exception):
            return error
        return create_exception_cls(type(error).__name__, type(error).__module__)(*error.args)
