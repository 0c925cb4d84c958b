"""What this package relies on inside of Celery, kombu and billiard, and why: each as it is in the locked versions.

Nothing of theirs is replaced: classes are derived, and Celery's settings and class attributes choose them. These are
the places whose inside has to stay as it is. When one of these tests fails, an update has changed such a place: read
the reason, look whether it still holds, and write down the new digest.
"""

import inspect
from collections.abc import Callable
from hashlib import sha1
from typing import Any

import pytest
from billiard.pool import ApplyResult, Pool
from celery.app.amqp import AMQP
from celery.app.trace import fast_trace_task
from celery.backends.redis import RedisBackend
from celery.concurrency.asynpool import AsynPool
from celery.concurrency.base import apply_target
from celery.concurrency.thread import TaskPool
from celery.worker.consumer.consumer import Consumer
from celery.worker.request import Request, create_request_cls
from celery.worker.worker import WorkController
from kombu.messaging import Producer

INSIDES: dict[str, tuple[Callable[..., Any], str, str]] = {
    "create_request_cls": (
        create_request_cls,
        "c7a9d6b1f3cb",
        "derives a class for each task whose methods replace ours: __init_subclass__ guards them (guarded.py)",
    ),
    "Request.__init__": (
        Request.__init__,
        "3f014fd57c98",
        "keeps the body, its content type and its payload where request.py puts what it has read",
    ),
    "Request.on_failure": (
        Request.on_failure,
        "9db11eea7568",
        "acknowledges before it stores the failure: request.py acknowledges last",
    ),
    "WorkController._process_task": (
        WorkController._process_task,
        "f061ebeac88f",
        "gives the slot back for a TaskRevokedError, which guarded.py raises for a task that is given up",
    ),
    "Consumer.create_task_handler": (
        Consumer.create_task_handler,
        "68a73894ead8",
        "raises what it does not foresee, which intake.py takes for the message's own",
    ),
    "fast_trace_task": (
        fast_trace_task,
        "bf794fb5364c",
        "reports nothing when it raised before it had the task's context: guarded.py sees an empty success",
    ),
    "apply_target": (
        apply_target,
        "b322c1b49dee",
        "hands an ExceptionInfo to on_success for what is no Exception: guarded.py takes it for a failure",
    ),
    "TaskPool.on_apply": (
        TaskPool.on_apply,
        "7ddacc0ff95a",
        "leaves what a thread raises in a future that nobody reads: guarded.py reads it",
    ),
    "Pool.apply_async": (
        Pool.apply_async,
        "db4ebb23d801",
        "enters a job in its books before it is pickled: guarded.py takes out one that could not be",
    ),
    "ApplyResult.safe_apply_callback": (
        ApplyResult.safe_apply_callback,
        "e30b905d49d0",
        "drops what a callback raises: guarded.py has it fail the task",
    ),
    "AsynPool._create_write_handlers": (
        AsynPool._create_write_handlers,
        "9defa867c869",
        "pickles a job when it is sent, with a RecursionError for headers that are nested too deep",
    ),
    "AMQP.producer_pool": (AMQP.producer_pool.fget, "a832a7b91e89", "makes the pool whose Producer connection.py sets"),
    "Producer.publish": (Producer.publish, "62e37898a064", "repeats `_publish`, which sending.py derives"),
    "RedisBackend.on_chord_part_return": (
        RedisBackend.on_chord_part_return,
        "bf58f91b3c01",
        "calls the scripts that results.py wraps",
    ),
}


@pytest.mark.parametrize("name", INSIDES)
def test_the_inside_that_we_rely_on_is_as_it_was(name: str) -> None:
    function, digest, reason = INSIDES[name]

    found = sha1(inspect.getsource(inspect.unwrap(function)).encode(), usedforsecurity=False).hexdigest()[:12]

    assert found == digest, f"{name} has changed. We rely on it because it {reason}"
