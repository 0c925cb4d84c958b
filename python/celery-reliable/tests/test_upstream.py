"""What this package relies on inside of Celery, kombu, billiard and redis-py, and why: each as it is in the lock file.

Nothing of theirs is replaced but ``Task.apply`` in tests (testing/eager.py) and ``safe_say`` for a JSON log (logs.py):
classes are derived, and Celery's settings and class attributes choose them. These are the places whose inside has to
stay as it is. When one of these tests fails, an update has changed such a place: read the reason, look whether it still
holds, and write down the new digest.
"""

import inspect
from hashlib import sha1
from typing import Any

import psycopg
import pytest
from billiard.pool import ApplyResult, Pool
from celery.app.amqp import AMQP
from celery.app.task import Task
from celery.app.trace import build_tracer, fast_trace_task
from celery.apps import worker as worker_app
from celery.backends.base import Backend, BaseKeyValueStoreBackend
from celery.backends.database import DatabaseBackend
from celery.backends.database.session import SessionManager
from celery.backends.redis import RedisBackend
from celery.concurrency.asynpool import AsynPool, ResultHandler
from celery.concurrency.base import apply_target
from celery.concurrency.thread import TaskPool
from celery.worker.consumer.consumer import Consumer
from celery.worker.consumer.gossip import Gossip
from celery.worker.consumer.mingle import Mingle
from celery.worker.pidbox import Pidbox
from celery.worker.request import Request, create_request_cls
from celery.worker.worker import WorkController
from kombu.pidbox import Mailbox
from upstream_transport import TRANSPORT_INSIDES, Inside

RESULT_CONSUMER: Any = RedisBackend.ResultConsumer

INSIDES: dict[str, Inside] = {
    **TRANSPORT_INSIDES,
    "create_request_cls": (
        create_request_cls,
        "c7a9d6b1f3cb",
        "derives a class for each task whose methods replace ours: __init_subclass__ guards them (guarded.py)",
    ),
    "Request.execute_using_pool": (
        Request.execute_using_pool,
        "1d56fbb0ff4d",
        "calls `apply_async` of the pool it is given: request.py gives it one whose answers bring results along",
    ),
    "Backend._store_result": (
        BaseKeyValueStoreBackend._store_result,  # type: ignore[attr-defined]
        "1bc75eb6e969",
        "is replaced by results.py, which does not read what is stored before",
    ),
    "Backend._call_task_errbacks": (
        Backend._call_task_errbacks,  # type: ignore[attr-defined]
        "1a2c6d377b72",
        "calls errbacks with more than one parameter, and sends the others: errbacks.py decides in the same way",
    ),
    "build_tracer": (
        build_tracer,
        "3bae3669d3a4",
        "calls `mark_as_done` after everything that follows a success, but for the handlers in handing_over.py",
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
    "safe_say": (
        worker_app.safe_say,  # type: ignore[attr-defined]
        "08562f42c5d9",
        "takes a text and a stream: logs.py writes it as JSON",
    ),
    "Worker.on_start": (
        worker_app.Worker.on_start,
        "5c13fcbbde90",
        "shows no banner if `quiet` is set by then, right after celeryd_after_setup: logs.py shows its own",
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
        "hands an ExceptionInfo to on_success for what is not an Exception: guarded.py takes it for a failure",
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
        "pickles a job when it is sent, with a RecursionError for headers nested too deep; prefork.py wraps what "
        "it makes: what sends a job, what writes it, and what watches the pipes",
    ),
    "AMQP.producer_pool": (AMQP.producer_pool.fget, "a832a7b91e89", "makes the pool whose Producer connection.py sets"),
    "RedisBackend.on_chord_part_return": (
        RedisBackend.on_chord_part_return,
        "bf58f91b3c01",
        "calls the scripts that results.py wraps",
    ),
    "Consumer.on_close": (
        Consumer.on_close,
        "42fb806f2007",
        "forgets what no process has confirmed, which started.py undoes",
    ),
    "AsynPool.flush": (
        AsynPool.flush,
        "37bc691b7d11",
        "forgets jobs that were written to a process, which started.py puts back",
    ),
    "ResultHandler._make_process_result": (
        ResultHandler._make_process_result,
        "fdee524bf9a1",
        "reads one message, and leaves its reader in the loop: prefork.py reads the next",
    ),
    "Request.on_timeout": (
        Request.on_timeout,
        "6bba1298396c",
        "acknowledges before it stores the failure: guarded.py acknowledges last",
    ),
    "Request.on_success": (
        Request.on_success,
        "eae876afb562",
        "hands what is not an Exception to on_failure, and takes a tuple of three: guarded.py looks at it first",
    ),
    "Consumer.ensure_connected": (
        Consumer.ensure_connected,
        "09dd9db4f08e",
        "logs each attempt, and does not ask whether the server can be written to: reconnecting.py does",
    ),
    "Consumer.start": (
        Consumer.start,
        "c7232063db9c",
        "calls on_connection_error_before_connected and on_connection_error_after_connected for its connection_errors",
    ),
    "Consumer.on_connection_error_after_connected": (
        Consumer.on_connection_error_after_connected,
        "e7544a8c7b20",
        "logs, cancels what runs if that is asked for, and closes: reconnecting.py calls it",
    ),
    "_shutdown_handler": (
        vars(worker_app)["_shutdown_handler"],
        "c9a8a43d4361",
        "sends the signal worker_shutting_down at once, on which shutdown_timeouts.py and stopping.py begin",
    ),
    "Pidbox.__init__": (Pidbox.__init__, "0c83ab1f16af", "makes the node whose handlers remote_control.py replaces"),
    "Pidbox.on_message": (
        Pidbox.on_message,
        "334d04759317",
        "closes the mailbox on an error: remote_control.py replaces it",
    ),
    "Mingle.send_hello": (
        Mingle.send_hello,
        "e9247826586c",
        "asks the other workers, and raises what an answer causes: neighbours.py takes its place",
    ),
    "Mailbox._collect": (
        Mailbox._collect,
        "dc0604b4b86c",
        "reads the answers to a command, and raises what one causes: neighbours.py reads those of workers",
    ),
    "Mingle.sync": (Mingle.sync, "92c645d7e186", "calls the step's send_hello, which neighbours.py sets"),
    "Gossip.on_message": (
        Gossip.on_message,
        "d62085fa4539",
        "reads an event's clock and time: remote_control.py has checked them",
    ),
    "Gossip.periodic": (
        Gossip.periodic,
        "43f8482936b5",
        "reads the fields of other workers in the event loop: remote_control.py catches its errors",
    ),
    "Gossip.on_elect": (
        Gossip.on_elect,
        "f62dcc02793a",
        "logs a stack for a missing field, which remote_control.py looks for first",
    ),
    "ResultConsumer.drain_events": (
        RESULT_CONSUMER.drain_events,
        "a8a9176dbd06",
        "is what subscription.py subscribes, and looks at silence, before",
    ),
    "ResultConsumer.consume_from": (
        RESULT_CONSUMER.consume_from,
        "d3c939bbaa7f",
        "subscribes at once: subscription.py does it when a client waits, in the same way",
    ),
    "ResultConsumer._consume_from": (
        RESULT_CONSUMER._consume_from,
        "a40e63b71e4b",
        "keeps what is subscribed to in `subscribed_to`, under a lock, as subscription.py does",
    ),
    "ResultConsumer.reconnect_on_error": (
        RESULT_CONSUMER.reconnect_on_error,
        "1a30dd3abbec",
        "subscribes again for its _connection_errors, to which subscription.py adds",
    ),
    "RedisBackend.on_task_call": (
        RedisBackend.on_task_call,
        "7c9e1c6f5304",
        "only subscribes: client_results.py leaves that to the client that waits",
    ),
    "DatabaseBackend._store_result": (
        DatabaseBackend._store_result,  # type: ignore[attr-defined]
        "f4080a6c7e4b",
        "keeps a SUCCESS, and fills in a row with _update_result: database_results.py does both in one statement",
    ),
    "DatabaseBackend.__init__": (
        DatabaseBackend.__init__,
        "5023474cea12",
        "makes the session manager and the tables, and reads engine_options: database_results.py changes all three",
    ),
    "SessionManager.get_engine": (
        SessionManager.get_engine,
        "9a8a0b1e4441",
        "keeps engines, with their connections, where `forked` is true: database_results.py says so in every process",
    ),
    "SessionManager.prepare_models": (
        SessionManager.prepare_models,
        "fabbea4afaee",
        "makes the tables, ten times without a server: database_sessions.py connects first",
    ),
    "psycopg.Connection.wait": (
        psycopg.Connection.wait,
        "d4aeea3cfc77",
        "runs every operation, and sends a generator 0 several times a second: database_connection.py counts the time",
    ),
    "Task.apply": (
        Task.apply,
        "d5ff13969e06",
        "reads a task's time limits, and calls itself for a retry: testing/eager.py puts the call's limits there",
    ),
}


@pytest.mark.parametrize("name", INSIDES)
def test_the_inside_that_we_rely_on_is_as_it_was(name: str) -> None:
    function, digest, reason = INSIDES[name]

    found = sha1(inspect.getsource(inspect.unwrap(function)).encode(), usedforsecurity=False).hexdigest()[:12]

    assert found == digest, f"{name} has changed. We rely on it because it {reason}"
