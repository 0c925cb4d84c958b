"""A stored result that is no result is an error for its reader, at once."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import Celery
from conftest import Server
from kombu.exceptions import DecodeError
from redis import Redis

import celery_reliable
from tests.support.waiting import wait_until


@pytest.mark.parametrize(
    "stored", ["null", "5", "[]", "{}", '"x"', '{"status": 5}', '{"status": ["SUCCESS"]}', "{oops"]
)
def test_an_unreadable_result_is_an_error_at_once(stored: str, server: Server, redis: Redis) -> None:
    app = Celery("reader", broker=server.url, backend=server.url, set_as_current=False)
    celery_reliable.install(app)
    redis.set("celery-task-meta-odd", stored)
    began = time.monotonic()

    with pytest.raises(DecodeError):
        app.AsyncResult("odd").get(timeout=20)

    assert time.monotonic() - began < 15


def test_a_failure_without_an_error_is_read(server: Server, redis: Redis) -> None:
    app = Celery("reader", broker=server.url, backend=server.url, set_as_current=False)
    celery_reliable.install(app)
    redis.set("celery-task-meta-odd", '{"status": "FAILURE"}')

    assert app.AsyncResult("odd").state == "FAILURE"


@pytest.mark.parametrize("junk", [b"null", b"5", b"{}", b'{"status": 5}', b"{oops", b"\xff"])
def test_what_is_stored_decides_whatever_is_published(junk: bytes, server: Server, redis: Redis) -> None:
    app = Celery("reader", broker=server.url, backend=server.url, set_as_current=False)
    celery_reliable.install(app)
    key = "celery-task-meta-odd"
    result = json.dumps({"status": "SUCCESS", "result": 3, "traceback": None, "children": [], "task_id": "odd"})

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(app.AsyncResult("odd").get, timeout=20)
        wait_until(lambda: redis.publish(key, junk) == 1, what="a subscription")
        redis.publish(key, junk)
        redis.set(key, result)
        redis.publish(key, result)

        assert waiting.result() == 3


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("builtins", "SystemExit"),
        ("builtins", "KeyboardInterrupt"),
        ("builtins", "GeneratorExit"),
        ("celery.exceptions", "WorkerShutdown"),
        ("celery.exceptions", "WorkerTerminate"),
    ],
)
def test_no_stored_error_ends_its_reader(module: str, name: str, server: Server, redis: Redis) -> None:
    app = Celery("reader", broker=server.url, backend=server.url, set_as_current=False)
    celery_reliable.install(app)
    error = {"exc_type": name, "exc_module": module, "exc_message": ["why"]}
    redis.set("celery-task-meta-odd", json.dumps({"status": "FAILURE", "result": error}))

    with pytest.raises(Exception, match="why") as raised:
        app.AsyncResult("odd").get(timeout=20)

    assert type(raised.value).__name__ == name
