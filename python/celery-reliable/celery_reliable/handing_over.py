"""A task's result travels back with the pool's answer, so that one script stores it and acknowledges the message.

Stock Celery stores the result in the pool's process and acknowledges in the worker's: two round trips instead of one.
A result is handed over only if nothing reads it earlier: see ``hand_over``.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from celery import signals
from celery.app.trace import task_has_custom

from celery_reliable.types import App, Channel, Outcome, Passed, Settings, Task, WorkerPool

# The longest result to hand over: a longer one costs more in the pool's pipe than it saves.
MAX_LENGTH = 64 * 1024


class Handed(NamedTuple):
    """A task's result that is not stored yet.

    ``task``: its name. ``prefix``: the result's key without the task's id. ``expires_s``: how long it is kept, 0 =
    forever.
    """

    task: str
    prefix: str
    text: str | bytes
    expires_s: int


def keeps_results(app: App, channel: Channel) -> bool:
    """Tell whether an app's results are kept on the server of a channel's messages, in the same database.

    The user must be the same too, because another one may not be allowed to write the results.
    """
    backend = app.backend
    if not hasattr(backend, "connparams") or backend.__class__.__module__ != "celery_reliable.results":
        return False
    if "hosts" in backend.connparams:
        return _are_of_one_primary(app)
    ours, theirs = (_place_of(settings) for settings in (channel._connparams(), backend.connparams))
    return ours == theirs


def _are_of_one_primary(app: App) -> bool:
    """Tell whether the same sentinels name the server of messages and of results.

    A failover then loses both a result and its acknowledgement, or neither: a primary that was frozen for a while still
    takes what waits in its sockets, and forgets it as it becomes a replica.
    """
    conf = app.conf
    names = {conf[f"{what}_transport_options"].get("master_name") for what in ("broker", "result_backend")}
    return len(names) == 1 and (conf.broker_read_url or conf.broker_url) == conf.result_backend


def _place_of(settings: Settings) -> tuple[object, ...]:
    host = "localhost" if settings.get("host") in (None, "127.0.0.1") else settings["host"]
    where = settings.get("path") or (host, int(settings.get("port") or 6379))
    return where, int(settings.get("db") or 0), settings.get("username") or None


def sends_task_events(eventer: Passed) -> bool:
    """Tell whether the worker sends events of tasks (``-E``, ``enable_events``), not only of itself."""
    return eventer is not None and eventer.enabled and (not eventer.groups or "task" in eventer.groups)


class _Answer(threading.local):
    """The task that this process or thread of the pool runs, and the result that it hands over."""

    task_id: str | None = None
    task = ""
    is_open = False
    handed: Handed | None = None


_answer = _Answer()


class HandingPool:
    """A pool whose answers may carry the task's result."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    def apply_async(self, trace: Callable[..., Passed], args: tuple[Passed, ...], **options: Passed) -> Passed:
        """Run a task (mirrors ``BasePool.apply_async``)."""
        return self._pool.apply_async(_run, args=(trace, *args), **options)


def _run(trace: Callable[..., Outcome], name: str, task_id: str, *args: Passed) -> Outcome:
    """Run Celery's tracer in the pool; return its answer, with a fourth value if a result was handed over."""
    _answer.task, _answer.task_id, _answer.handed = name, task_id, None
    try:
        answer = trace(name, task_id, *args)
    finally:
        handed = _answer.handed
        _answer.task_id = _answer.handed = None
    return answer if handed is None or answer[0] else (*answer, handed)


def take_out(answer: Outcome) -> tuple[Outcome, Handed | None]:
    """Split a pool's answer into Celery's own form and the handed-over result."""
    if isinstance(answer, tuple) and len(answer) == 4:
        return answer[:3], answer[3]
    return answer, None


@contextmanager
def hand_over(task_id: str, task: Task | None, request: Passed) -> Iterator[None]:
    """Allow the task's result to be handed over inside the block.

    Not if something may read it once the task has ended: a chord that counts it, a callback or the next task of a
    chain, ``on_success``, ``after_return``, or a receiver of ``task_success`` or ``task_postrun``.
    """
    is_followed = request is None or request.chord or request.callbacks or request.chain
    _answer.is_open = _answer.task_id == task_id and not is_followed and task is not None and not _is_observed(task)
    try:
        yield
    finally:
        _answer.is_open = False


def is_handed_over(key: str | bytes, text: str | bytes, expires_s: int) -> bool:
    """Hand a result over, if that is allowed now; otherwise return False, and the caller stores it."""
    task_id = _answer.task_id
    name = key.decode() if isinstance(key, bytes) else key
    if not _answer.is_open or task_id is None or len(text) > MAX_LENGTH or not name.endswith(task_id):
        return False
    _answer.handed = Handed(_answer.task, name.removesuffix(task_id), text, expires_s)
    return True


def _is_observed(task: Task) -> bool:
    has_receivers = signals.task_success.receivers or signals.task_postrun.receivers
    return bool(has_receivers or task_has_custom(task, "on_success") or task_has_custom(task, "after_return"))
