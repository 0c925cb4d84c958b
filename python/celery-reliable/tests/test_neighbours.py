"""A worker that starts asks the others for revoked tasks, and no answer ends it."""

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from conftest import StartWorker
from redis import Redis

from tests.support.waiting import wait_until

CONTROL = "/0.celery.pidbox"
GOSSIP_ALONE = ("--without-gossip", "--without-heartbeat")


def answer(body: Any, headers: Any = None, **changes: Any) -> str:
    properties = {"body_encoding": "base64", "delivery_info": {}, "delivery_tag": "t"}
    envelope = {
        "body": b64encode(json.dumps(body).encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": headers or {},
        "properties": properties,
    }
    return json.dumps({**envelope, **changes})


ODD = [
    answer(5),
    answer(None),
    answer([{"a": 1}]),
    answer({"a@b": 5, "c@d": {"clock": "x", "revoked": 5}, "e@f": {"clock": 1, "revoked": [[], {}]}}),
    answer({}, {"expires": "x"}),
    answer({}, {"ticket": []}),
    answer({}, {"clock": {}}),
    answer({}, None, **{"content-type": "application/x-own"}),
    answer({}, properties=None),
    "{oops",
    "5",
]


@pytest.fixture(params=range(len(ODD)))
def odd(request: pytest.FixtureRequest, redis: Redis) -> Iterator[None]:
    """Another program, which gives an odd answer to each question, and then a good one."""
    listener: Any = redis.pubsub()  # type: ignore[no-untyped-call]
    listener.subscribe(CONTROL)
    is_over = threading.Event()

    def reply() -> None:
        while not is_over.is_set():
            published = listener.get_message(ignore_subscribe_messages=True, timeout=0.1)
            if published is None:
                continue
            command = json.loads(b64decode(json.loads(published["data"])["body"]))
            if command["method"] == "hello":
                queue = f"{command['reply_to']['routing_key']}.reply.celery.pidbox"
                good = answer({"good@host": {"clock": 1, "revoked": ["gone"]}}, {"ticket": command["ticket"]})
                redis.lpush(queue, ODD[request.param], good)

    thread = threading.Thread(target=reply)
    thread.start()
    yield
    is_over.set()
    thread.join()


@pytest.mark.usefixtures("odd")
def test_no_answer_ends_a_worker_that_starts(start: StartWorker, client: Celery) -> None:
    worker = start(pool="solo", arguments=GOSSIP_ALONE)

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")
    [revoked] = (client.control.inspect(timeout=5, limit=1).revoked() or {}).values()
    assert "gone" in revoked
    assert worker.exit_code is None
    assert "Connection to broker lost" not in worker.log
