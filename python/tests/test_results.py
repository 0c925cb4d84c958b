"""A client's results after the server has refused or hung."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import TimeoutError as ResultTimeoutError
from kombu.exceptions import OperationalError
from redis import Redis

from tests.conftest import client_app
from tests.processes import Server

LIMITED = "limited"


def acl(redis: "Redis", *rules: str) -> None:
    """Change the rights of the client's user."""
    run: Any = redis.execute_command
    run("ACL", "SETUSER", LIMITED, *rules)


@pytest.fixture
def redis(server: Server) -> Iterator[Redis]:
    with Redis.from_url(server.url, decode_responses=True) as redis:
        yield redis
        acl(redis, "reset")


@pytest.fixture
def client(server: Server, redis: Redis) -> Iterator[Celery]:
    """A client whose rights the tests change."""
    acl(redis, "on", ">secret", "~*", "&*", "+@all")
    app = client_app(server.url.replace("//", f"//{LIMITED}:secret@"))
    yield app
    app.close()


def answer(redis: Redis, task_id: str) -> None:
    """Be the worker of one task, once the client waits for its result."""
    wait_for_subscription(redis, task_id)
    taken: Any = redis.blpop(["py-queue"], 5)
    assert json.loads(taken[1])["headers"]["id"] == task_id
    meta = {"task_id": task_id, "status": "SUCCESS", "result": 3, "traceback": None, "children": []}
    redis.publish(f"celery-task-meta-{task_id}", json.dumps(meta))  # not stored: only a subscriber learns it


def asked(client: Celery, redis: Redis) -> object:
    """The result of a task, which only a subscriber learns."""
    result = client.send_task("py_workers.tasks.a")
    with ThreadPoolExecutor(1) as beside:
        answering = beside.submit(answer, redis, result.id)
        found = result.get(timeout=15)
        answering.result()
    return found


def wait_for_subscription(redis: Redis, task_id: str) -> None:
    deadline = time.monotonic() + 10
    while not redis.pubsub_channels(f"celery-task-meta-{task_id}"):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_refused_subscription_is_made_anew(client: Celery, redis: Redis) -> None:
    assert asked(client, redis) == 3
    acl(redis, "-subscribe")
    refused = client.send_task("py_workers.tasks.a")
    with pytest.raises((OperationalError, ResultTimeoutError)):
        refused.get(timeout=1)
    redis.delete("py-queue")

    acl(redis, "+subscribe")
    with pytest.raises((OperationalError, ResultTimeoutError)):
        refused.get(timeout=1)

    assert asked(client, redis) == 3


def test_a_refusal_of_everything_is_one_kind_of_error(client: Celery, redis: Redis) -> None:
    assert asked(client, redis) == 3
    acl(redis, "-@all")
    for _ in range(3):
        with pytest.raises((OperationalError, ResultTimeoutError)):
            client.send_task("py_workers.tasks.a").get(timeout=0.5)
