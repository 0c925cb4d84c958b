"""A result backend in memory that also keeps the history of each task."""

from celery.backends.cache import CacheBackend, DummyClient  # type: ignore[attr-defined]
from celery.utils.functional import LRUCache
from kombu.utils.objects import cached_property

from celery_reliable.types import Passed

RESULTS_LIMIT = 5000


class MemoryResults(CacheBackend):
    """Celery's ``memory`` backend, with results that no other app sees, for all threads of this process."""

    thread_safe = True

    def __init__(self, app: Passed) -> None:
        #: Task id -> (state, value) of everything that was stored. A function that is called has no id: None.
        self.history: dict[str | None, list[tuple[str, Passed]]] = {}
        super().__init__(app, url="memory://")

    @cached_property
    def client(self) -> Passed:
        """A store of this backend's own: Celery's is one for the whole process."""
        client = DummyClient()
        client.cache = LRUCache(limit=RESULTS_LIMIT)
        return client

    def store_result(self, task_id: str | None, result: Passed, state: str, *args: Passed, **options: Passed) -> Passed:
        """Store a state, and add it to the history (mirrors ``Backend.store_result``).

        A bound task that is called as a function has no id: its states are in the history alone.
        """
        is_error = isinstance(result, BaseException)
        value = result if is_error else self.decode(self.encode(self.encode_result(result, state)))
        self.history.setdefault(task_id, []).append((state, value))
        return super().store_result(task_id, result, state, *args, **options) if task_id else result
