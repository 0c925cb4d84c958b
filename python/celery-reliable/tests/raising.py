"""A request class of a task's own, which raises where the task's arguments say so."""

from typing import Any

from celery.worker.request import Request as CeleryRequest


class LibraryError(BaseException):
    """What some libraries raise so that `except Exception` lets it through."""


ERRORS: dict[str, BaseException] = {
    "OverflowError": OverflowError("too large"),
    "RecursionError": RecursionError("too deep"),
    "UnicodeEncodeError": UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    "MemoryError": MemoryError("too much"),
    "KeyError": KeyError("kombu takes it for a lost connection"),
    "OSError": OSError("not of a connection"),
    "LibraryError": LibraryError("of a library"),
    "SystemExit": SystemExit(3),
}


class RaisingRequest(CeleryRequest):  # type: ignore[misc]
    """Derived from Celery's, as a task would have it that knows nothing of celery_reliable."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._raise_at("received")

    def execute_using_pool(self, *args: Any, **kwargs: Any) -> Any:
        """Raise, or go on."""
        self._raise_at("started")
        return super().execute_using_pool(*args, **kwargs)

    def revoked(self) -> bool:
        """Raise, or go on; Celery asks just before the start."""
        self._raise_at("asked")
        return bool(super().revoked())

    def on_success(self, *args: Any, **kwargs: Any) -> Any:
        """Raise, or go on."""
        self._raise_at("succeeded")
        return super().on_success(*args, **kwargs)

    def on_failure(self, *args: Any, **kwargs: Any) -> Any:
        """Raise, or go on."""
        self._raise_at("failed")
        return super().on_failure(*args, **kwargs)

    def send_event(self, *args: Any, **kwargs: Any) -> None:
        """Raise, or go on; after the end of a task."""
        if args[0] == "task-succeeded":
            self._raise_at("told")
        super().send_event(*args, **kwargs)

    def _raise_at(self, place: str) -> None:
        args = list(self.args)
        if args and args[0] == place:
            raise ERRORS[args[1]]
