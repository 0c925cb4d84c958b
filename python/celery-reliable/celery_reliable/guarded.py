"""Methods of a request that Celery and its pool call, under the rule of ``intake.py``.

``execute_using_pool`` may be called long after the message was received: by a timer, a rate limit, or a slot that has
become free. An exception there would end the worker. The others are called by the pool, which drops their
exceptions: the message would be acknowledged with nothing stored, or be held forever.
"""

import logging
from concurrent.futures import Future
from functools import wraps

from billiard.einfo import ExceptionInfo, ExceptionWithTraceback
from celery.exceptions import InvalidTaskError, TaskRevokedError
from celery.worker import state
from kombu.utils.encoding import safe_repr
from redis.exceptions import ResponseError

from celery_reliable.handing_over import take_out
from celery_reliable.intake import Guard, is_outage
from celery_reliable.releasing import UNSTORABLE
from celery_reliable.types import Method, Outcome, Passed, TaskRequest, WorkerPool

logger = logging.getLogger(__name__)

_IS_GUARDED = "is_guarded"


class RequestGuard(Guard):
    """The guard of a message that was read as a task: its failure is a task's failure."""

    def __init__(self, request: TaskRequest, cause: BaseException | None = None) -> None:
        super().__init__(request.held)
        self.payload = request.raw
        self._cause = cause  # the task's own error
        self._request = request

    def report(self, error: BaseException) -> None:
        """Store the failure. Raises what the result backend raises when it is away."""
        cause = self._cause if isinstance(self._cause, Exception) else error
        try:
            self._request.fail(cause)
        except Exception as followers:
            if is_outage(followers):
                raise
            logger.warning("A follow-up of the failed task %s raised: %r", self._request.id, followers)
            super().report(cause)
        self._request.send_event("task-failed", exception=safe_repr(cause), traceback="")

    def reason_for(self, error: BaseException) -> str:
        """Return the reason for the dead letter; a refused result has its own reason."""
        return UNSTORABLE if isinstance(error, ResponseError) else type(error).__name__

    @property
    def was_acknowledged(self) -> bool:
        """Whether the message ended before its task did (``acks_late=False``)."""
        return bool(self._request.acknowledged)


def guard_methods(cls: type) -> None:
    """Guard a class's methods of these names, unless they are already guarded."""
    for name, guarded in (
        ("execute_using_pool", _starting),
        ("on_success", _succeeding),
        ("on_failure", _failing),
        ("on_timeout", _ending),
    ):
        method = getattr(cls, name)
        if not hasattr(method, _IS_GUARDED):
            wrapped = guarded(method)
            setattr(wrapped, _IS_GUARDED, True)
            setattr(cls, name, wrapped)


def _starting(method: Method) -> Method:
    @wraps(method)
    def execute_using_pool(self: TaskRequest, pool: WorkerPool, **kwargs: Passed) -> Passed:
        if self.held is None:
            return method(self, pool, **kwargs)
        with RequestGuard(self):
            result = method(self, pool, **kwargs)
            future = getattr(result, "f", None)
            if isinstance(future, Future):  # from a thread pool, where nothing else reads the exception
                future.add_done_callback(lambda done: _on_thread_ended(self, done))
            return result
        _discard_job(self, pool)
        state.task_ready(self)
        # The worker gives its slot back.
        raise TaskRevokedError(self.id)

    return execute_using_pool


def _on_thread_ended(request: TaskRequest, future: "Future[Passed]") -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None and not isinstance(error, TaskRevokedError):  # `RecheckingPool`'s: the message is completed
        request.on_failure(_info_of(error))


def _discard_job(request: TaskRequest, pool: WorkerPool) -> None:
    """Remove a job that could not be written to a process, or billiard's pool would wait for it forever."""
    for job in tuple(getattr(getattr(pool, "_pool", None), "_cache", {}).values()):
        if getattr(getattr(job, "_accept_callback", None), "__self__", None) is request:
            job.discard()


def _ending(method: Method, *, is_stored: bool = False) -> Method:
    """Wrap a method so that the message is completed last, as Celery asked; the guard handles earlier errors.

    ``is_stored``: the task's result is stored, and no error can change it.
    """

    @wraps(method)
    def end(self: TaskRequest, *args: Passed, cause: BaseException | None = None, **kwargs: Passed) -> Passed:
        if self.held is None or self._is_ending:
            return method(self, *args, **kwargs)
        with RequestGuard(self, cause):
            self._is_ending = True
            try:
                returned = method(self, *args, **kwargs)
            except Exception as error:
                self.forget_end()
                if is_outage(error):  # reported here, because the pool drops the error
                    self.held.abandon()
                    raise
                if not is_stored:
                    raise
                logger.exception("An error after the end of task %s", self.id)
                returned, self._end = None, "acknowledge"
            finally:
                self._is_ending = False
            self.end()
            return returned
        return None

    return end


def _succeeding(method: Method) -> Method:
    succeeded, failed_in_process = _ending(method, is_stored=True), _ending(method)

    @wraps(method)
    def on_success(self: TaskRequest, outcome: Outcome, **kwargs: Passed) -> Passed:
        if self.held is None:
            return method(self, outcome, **kwargs)
        if isinstance(outcome, ExceptionInfo):  # `apply_target` of a thread, for what is not an Exception
            return self.on_failure(outcome)
        outcome, handed = take_out(outcome)
        if handed is not None:
            self.note_handed(handed)
        failed, value, runtime = outcome
        if failed:
            cause = _cause_of(value)
            if isinstance(cause, (SystemExit, KeyboardInterrupt)):
                return self.on_failure(value)
            return failed_in_process(self, outcome, cause=cause, **kwargs)
        if value is None and runtime is None and not self.may_be_skipped:
            # Celery's tracer raised before it had the task's context, and does not store the error.
            return self.on_failure(_info_of(InvalidTaskError("the task could not be started")))
        return succeeded(self, outcome, **kwargs)

    return on_success


def _failing(method: Method) -> Method:
    end = _ending(method)

    @wraps(method)
    def on_failure(self: TaskRequest, exc_info: Outcome, *args: Passed, **kwargs: Passed) -> Passed:
        return end(self, exc_info, *args, cause=_cause_of(exc_info), **kwargs)

    return on_failure


def _cause_of(exc_info: Outcome) -> BaseException | None:
    error = getattr(exc_info, "exception", None)
    if isinstance(error, ExceptionWithTraceback):
        error = error.exc
    return error if isinstance(error, BaseException) else None


def _info_of(error: BaseException) -> ExceptionInfo:
    try:
        raise error  # noqa: TRY301 - an ExceptionInfo is made of what is being handled
    except BaseException:
        return ExceptionInfo()
