"""Results keep the text of every error: Celery stores ``args``, and pydantic's ValidationError has none."""

from celery.backends.base import Backend

from celery_reliable.types import Passed


class WithErrorTexts(Backend):
    """A result backend that stores the text of an error without ``args``."""

    def prepare_exception(self, exc: Exception, serializer: str | None = None) -> Passed:
        """Return what is stored (mirrors ``Backend.prepare_exception``)."""
        stored = super().prepare_exception(exc, serializer)
        if isinstance(stored, dict) and not exc.args and str(exc):
            return {**stored, "exc_message": (str(exc),)}
        return stored
