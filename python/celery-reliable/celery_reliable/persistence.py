"""A worker retries until a server that is away is back.

Otherwise a task that has run would fail, or lose its follow-ups, because the server was away for a moment. A
client does not wait like that: it reports the error to its caller.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from celery.utils.log import get_logger
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import (
    InvalidResponse,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from celery_reliable.outage import Outage
from celery_reliable.refusals import is_passing
from celery_reliable.types import App, Method, Passed, Settings

logger = get_logger(__name__)
T = TypeVar("T")

# A task's messages, the next task of its chain and its retry are sent until the server has them. The retries last
# three weeks. With None, Celery would try to send callbacks only three times
# (``celery.app.amqp._callback_publish_max_retries``). A server that is full, or a replica for now, answers with
# errors that Celery treats as final.
PUBLISH_RETRY_POLICY = {
    "max_retries": 1_000_000,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 2,
    "retry_errors": (OutOfMemoryError, ReadOnlyError, MasterDownError),
}
# Errors of a server that will work again, or will be replaced at the same address.
PASSING = (
    RedisConnectionError,
    RedisTimeoutError,
    OSError,
    InvalidResponse,
    OutOfMemoryError,
    ReadOnlyError,
    MasterDownError,
)
# Errors for no answer, an unreadable answer (of another command, or damaged), or a refusal.
_REPEATED = (RedisConnectionError, RedisTimeoutError, OSError, InvalidResponse, ResponseError)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 2.0

#: The outage of this process's result backend.
RESULT_OUTAGE = Outage(logger, "The result backend")


def persist(app: App) -> None:
    """Make an app retry sends endlessly; called in worker processes, before their pool forks.

    The pool's processes log only long outages, because the worker logs the same ones.
    """
    if app.conf.result_backend == app.conf.broker_url:
        RESULT_OUTAGE.leave_to_others()
    amqp = logging.getLogger("celery.app.amqp")
    amqp.addFilter(lambda record: not str(record.msg).startswith("Retrying refused callback publish"))
    app.conf.task_publish_retry_policy = PUBLISH_RETRY_POLICY


def is_persistent(app: App) -> bool:
    """Whether this is a worker's app."""
    return app.conf.task_publish_retry_policy is PUBLISH_RETRY_POLICY


def is_endless(policy: Settings) -> bool:
    """Whether a message with this retry policy is sent by a worker, which waits for its server."""
    return bool(policy.get("max_retries") == PUBLISH_RETRY_POLICY["max_retries"])


class PersistentRetry(Retry):
    """Repeats a command until the server does it; for commands that may be done twice.

    Temporary refusals, also after a changed password, are waited out like outages. Otherwise a completed task would
    fail because its result could not be stored.
    """

    def __init__(self) -> None:
        super().__init__(ExponentialBackoff(_LONGEST_PAUSE_S, _FIRST_PAUSE_S), retries=-1, supported_errors=_REPEATED)

    def call_with_retry(
        self,
        do: Callable[[], T],
        fail: Method,
        is_retryable: Callable[[Exception], bool] | None = None,
        with_failure_count: bool = False,
    ) -> T:
        """Execute the command (mirrors ``redis.retry.Retry.call_with_retry``)."""

        has_failed = False

        def failed(error: Exception, *count: int) -> Passed:
            nonlocal has_failed
            has_failed = True
            is_refusal = isinstance(error, ResponseError)
            problem = "The result backend refuses a command" if is_refusal else "The result backend does not answer"
            RESULT_OUTAGE.failed(problem, error)
            return fail(error, *count)

        def may_be_repeated(error: Exception) -> bool:
            may_pass = is_passing(error) or not isinstance(error, ResponseError)
            return may_pass and (is_retryable is None or is_retryable(error))

        reply = super().call_with_retry(do, failed, may_be_repeated, with_failure_count)
        if has_failed:
            RESULT_OUTAGE.over()
        return reply
