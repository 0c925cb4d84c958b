"""A retry reaches the queue that its message came from, whatever place the message names."""

import json
from base64 import b64encode
from typing import Any

import pytest
from celery import Celery
from conftest import Server, StartWorker, client_app
from kombu import Exchange, Queue
from kombu.exceptions import EncodeError
from redis import Redis

import celery_reliable
from celery_reliable.place import correct_place
from tests.support.waiting import wait_until

WRONG: dict[str, Any] = {
    "an exchange without queues": {"exchange": "nowhere", "routing_key": "jobs"},
    "an exchange of another queue": {"exchange": "celeryev", "routing_key": "jobs"},
    "another routing key": {"exchange": "jobs", "routing_key": "nowhere"},
    "another queue": {"exchange": "", "routing_key": "nowhere"},
    "an exchange that is a list": {"exchange": [], "routing_key": {}},
    "nothing": {},
    "a list": [1],
    "null": None,
}


def test_a_retry_is_taken_whatever_place_its_message_names(
    server: Server, client: Celery, start: StartWorker, redis: Redis
) -> None:
    start(pool="threads")
    for name, info in WRONG.items():
        headers = {"lang": "py", "task": "worker_app.fail_after_a_retry", "id": name, "retries": 0}
        envelope = {
            "body": b64encode(b"[[], {}, {}]").decode(),
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": headers,
            "properties": {"body_encoding": "base64", "delivery_info": info},
        }
        redis.lpush("jobs", json.dumps(envelope))

    for name in WRONG:
        result = client.AsyncResult(name)
        wait_until(lambda result=result: result.state == "FAILURE", 20, f"the retry: {name}")  # type: ignore[misc]
    wait_until(server.is_clean, 20, "a clean server")


@pytest.mark.parametrize(
    ("info", "is_kept"),
    [
        ({"exchange": "media", "routing_key": "media.video"}, True),
        ({"exchange": "media", "routing_key": "other.video"}, False),
        ({"exchange": "shop", "routing_key": "key"}, True),
        ({"exchange": "shop", "routing_key": "no key"}, False),
        ({"exchange": "", "routing_key": "q"}, True),
    ],
)
def test_a_place_that_reaches_the_queue_is_kept(info: dict[str, str], is_kept: bool, server: Server) -> None:
    app = client_app(server.url)
    celery_reliable.install(app)
    payload: dict[str, Any] = {"properties": {"delivery_info": {**info, "redelivered": True}}}
    with app.connection() as connection, connection.channel() as channel:
        for exchange, key in ((Exchange("media", "topic"), "media.*"), (Exchange("shop", "direct"), "key")):
            Queue("q", exchange, routing_key=key)(channel).declare()

        correct_place(channel, payload, "q")

    place = info if is_kept else {"exchange": "", "routing_key": "q"}
    assert payload["properties"]["delivery_info"] == {**place, "redelivered": True}


def test_a_task_that_reaches_no_queue_is_refused(server: Server, redis: Redis) -> None:
    app: Any = client_app(server.url)
    celery_reliable.install(app)

    with pytest.raises(EncodeError, match="no queue is bound to exchange 'nowhere' for the routing key 'key'"):
        app.send_task("t", exchange="nowhere", routing_key="key")
    app.send_task("t", queue=Queue("q", Exchange("shop", "direct"), routing_key="key"))
    app.send_task("t", queue=Queue("bcast", Exchange("all", "fanout"), routing_key="key"))
    app.send_task("t")

    assert redis.llen("q") == redis.llen("jobs") == 1


@pytest.mark.parametrize("kind", ["direct", "topic"])
def test_a_sender_binds_its_queue_again_on_an_emptied_server(kind: str, server: Server, redis: Redis) -> None:
    app: Any = client_app(server.url)
    celery_reliable.install(app)
    queue = Queue("q", Exchange("shop", kind), routing_key="key")
    app.send_task("t", queue=queue)
    redis.flushall()

    app.send_task("t", queue=queue)
    with app.producer_pool.acquire() as producer:
        app.send_task("t", queue=queue, producer=producer)

    assert redis.llen("q") == 2
