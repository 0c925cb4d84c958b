"""A stored result that is no result is an error for who waits for it, at once."""

import time

import pytest
from celery import Celery
from conftest import Server
from kombu.exceptions import DecodeError
from redis import Redis

import celery_reliable


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
