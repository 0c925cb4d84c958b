"""A client's subscription to results: it misses none, and is silent when the program ends without its server."""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from celery import group
from celery.backends.redis import RedisBackend
from celery.exceptions import TimeoutError as ResultTimeoutError
from celery.result import AsyncResult
from conftest import Server, client_app
from kombu.exceptions import OperationalError
from redis import Redis
from redis.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from celery_reliable import install
from celery_reliable.recommended import SOCKET_TIMEOUT_S
from celery_reliable.subscription import ResultClient, Subscription
from tests.support.waiting import wait_until

PROGRAM = """
import contextlib
import sys
from celery import Celery
from celery.exceptions import TimeoutError
from celery_reliable import install
from celery_reliable.recommended import SOCKET_TIMEOUT_S
from celery_reliable.testing import live_server

with live_server() as url:
    app = Celery("client", broker=url, backend=url)
    app.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 1, "interval_start": 0}}
    if sys.argv[1] == "reliable":
        install(app)
    results = [app.send_task("any") for _ in range(4)]
    for result in results:
        with contextlib.suppress(TimeoutError):
            result.get(timeout=0.1)  # subscribes
"""


@pytest.mark.parametrize(("kind", "is_noisy"), [("stock", True), ("reliable", False)])
def test_unread_results_are_no_errors_when_the_program_ends_without_its_server(kind: str, is_noisy: bool) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind], capture_output=True, text=True, timeout=60, check=True
    )

    assert ("Exception ignored in" in ended.stderr) == is_noisy
    assert (ended.stderr != "") == is_noisy


@contextmanager
def busy(server: Server, redis: Redis) -> Iterator[None]:
    """The server runs a script that does not end, and refuses everything else."""
    redis.config_set("busy-reply-threshold", 50)
    with Redis(port=server.port) as caller, ThreadPoolExecutor(1) as beside:
        running = beside.submit(caller.eval, "while true do end", 0)
        wait_until(lambda: is_busy(redis), what="a busy server")
        try:
            yield
        finally:
            redis.script_kill()
            assert isinstance(running.exception(10), ResponseError)


def is_busy(redis: Redis) -> bool:
    try:
        redis.ping()
    except ResponseError as error:
        return str(error).startswith("BUSY")
    return False


@pytest.fixture
def awaited(server: Server) -> Iterator["AsyncResult[Any]"]:
    """A result whose client has subscribed to it."""
    app = client_app(server.url)
    app.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 1, "interval_start": 0}}
    install(app)
    result = app.AsyncResult("awaited")
    with pytest.raises(ResultTimeoutError):
        result.get(timeout=0.1)
    yield result
    app.close()


def test_a_result_stored_while_a_client_subscribes_again_is_seen(
    server: Server, redis: Redis, awaited: "AsyncResult[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe = PubSub.subscribe

    def subscribe_late(pubsub: PubSub, *keys: str) -> Any:
        client_app(server.url).backend.store_result("awaited", 1, "SUCCESS")
        return subscribe(pubsub, *keys)

    monkeypatch.setattr(PubSub, "subscribe", subscribe_late)
    redis.client_kill_filter(_type="pubsub")

    assert awaited.get(timeout=10) == 1


def test_the_next_get_renews_a_subscription_that_could_not_be_renewed(
    server: Server, redis: Redis, awaited: "AsyncResult[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reconnect fails in its last step, with the server's results read and nothing subscribed to."""

    def fail(*_: object) -> None:
        raise RedisConnectionError("lost again")

    with monkeypatch.context() as patched:
        patched.setattr(PubSub, "subscribe", fail)
        redis.client_kill_filter(_type="pubsub")
        with pytest.raises(OperationalError, match="lost again"):
            awaited.get(timeout=10)

    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(awaited.get, timeout=15)
        wait_until(lambda: redis.pubsub_numsub("celery-task-meta-awaited")[0][1], what="a subscription")
        client_app(server.url).backend.store_result("awaited", 1, "SUCCESS")
        assert waiting.result() == 1


@pytest.mark.parametrize("is_first", [True, False])
def test_a_get_that_begins_at_a_busy_server_waits_for_it(server: Server, redis: Redis, is_first: bool) -> None:
    app = client_app(server.url)
    install(app)
    if not is_first:
        with pytest.raises(ResultTimeoutError):
            app.AsyncResult("before").get(timeout=0.1)

    with ThreadPoolExecutor(1) as beside:
        with busy(server, redis):
            waiting = beside.submit(app.AsyncResult("awaited").get, timeout=20)
            time.sleep(1)
            assert not waiting.done()
        client_app(server.url).backend.store_result("awaited", 1, "SUCCESS")
        assert waiting.result() == 1
    app.close()


def test_a_get_at_a_server_that_stays_busy_is_an_error(server: Server, redis: Redis) -> None:
    app = client_app(server.url)
    install(app)

    since = time.monotonic()
    with busy(server, redis), pytest.raises(OperationalError, match="BUSY"):
        app.AsyncResult("awaited").get(timeout=20)

    assert SOCKET_TIMEOUT_S <= time.monotonic() - since < SOCKET_TIMEOUT_S + 4
    app.close()


def test_results_are_read_only_after_the_server_has_subscribed_to_them(
    redis: Redis, awaited: "AsyncResult[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: list[PubSub] = []
    had_answer: list[bool] = []
    get_message, read = PubSub.get_message, Subscription._read

    def noted_answer(pubsub: PubSub, *args: Any, **options: Any) -> Any:
        message = get_message(pubsub, *args, **options)
        answered.append(pubsub)
        return message

    def noted_read(subscription: Subscription, keys: list[bytes]) -> None:
        if keys:
            had_answer.append(subscription._pubsub in answered)
        read(subscription, keys)

    monkeypatch.setattr(PubSub, "get_message", noted_answer)
    monkeypatch.setattr(Subscription, "_read", noted_read)
    redis.client_kill_filter(_type="pubsub")
    with pytest.raises(ResultTimeoutError):
        awaited.get(timeout=2)

    assert had_answer == [True]


def test_a_result_stored_before_the_server_has_subscribed_to_it_is_seen(
    server: Server, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its publication reaches nobody."""
    app = client_app(server.url)
    install(app)
    stock: Any = RedisBackend.ResultConsumer
    look = stock.on_wait_for_pending

    def look_too_soon(consumer: Any, *args: Any, **options: Any) -> None:
        look(consumer, *args, **options)
        meta = {"status": "SUCCESS", "result": 1, "traceback": None, "children": [], "task_id": "awaited"}
        redis.set("celery-task-meta-awaited", json.dumps(meta))

    monkeypatch.setattr(stock, "on_wait_for_pending", look_too_soon)

    assert app.AsyncResult("awaited").get(timeout=10) == 1


def test_channels_that_redis_py_repeats_as_text_are_read_too(server: Server) -> None:
    """Before version 8.1 it decodes their names when it subscribes again on a new connection."""
    with ResultClient.from_url(server.url) as client:
        channels = client.pubsub(ignore_subscribe_messages=True)
        channels.subscribe("celery-task-meta-a")
        channels.get_message(timeout=10)

        assert channels.take_new() == [b"celery-task-meta-a"]
        channels.close()


def test_a_subscription_is_authenticated_anew_with_the_clients_other_connections(server: Server) -> None:
    """A provider of credentials announces new ones to the dispatcher of the client's events."""
    with ResultClient.from_url(server.url) as client:
        channels: Any = client.pubsub()

        assert channels._event_dispatcher is client._event_dispatcher


def test_a_client_subscribes_once_to_a_group_and_not_before_it_waits(server: Server, redis: Redis) -> None:
    app = client_app(server.url)
    install(app)

    def subscriptions() -> int:
        return int(dict(redis.info("commandstats")).get("cmdstat_subscribe", {"calls": 0})["calls"])

    results: Any = group(app.signature("any", (number,)) for number in range(10)).apply_async()
    assert subscriptions() == 0

    with pytest.raises(ResultTimeoutError):
        results.get(timeout=0.5)
    assert subscriptions() == 1
    channels = [f"celery-task-meta-{each.id}" for each in results]
    assert [count for _, count in redis.pubsub_numsub(*channels)] == [1] * 10


def test_a_dropped_result_does_not_wait_for_a_server_that_is_away(server: Server) -> None:
    app = client_app(server.url)
    install(app)
    results: Any = group(app.signature("any", (number,)) for number in range(2)).apply_async()
    with pytest.raises(ResultTimeoutError):
        results.get(timeout=0.2)
    server.stop()

    before = time.monotonic()
    del results
    gc.collect()

    assert time.monotonic() - before < 5
