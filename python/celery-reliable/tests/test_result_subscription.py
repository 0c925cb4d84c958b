"""A client's subscription to results: it misses none, and is silent when the program ends without its server."""

import subprocess
import sys
from typing import Any

import pytest
from celery.exceptions import TimeoutError as ResultTimeoutError
from conftest import Server, client_app
from redis import Redis
from redis.client import PubSub

from celery_reliable import install
from celery_reliable.client_results import Subscription

PROGRAM = """
import sys
from celery import Celery
from celery_reliable import install
from celery_reliable.testing import live_server

with live_server() as url:
    app = Celery("client", broker=url, backend=url)
    app.conf.result_backend_transport_options = {"retry_policy": {"max_retries": 1, "interval_start": 0}}
    if sys.argv[1] == "reliable":
        install(app)
    results = [app.send_task("any") for _ in range(4)]
"""


@pytest.mark.parametrize(("kind", "is_noisy"), [("stock", True), ("reliable", False)])
def test_unread_results_are_no_errors_when_the_program_ends_without_its_server(kind: str, is_noisy: bool) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind], capture_output=True, text=True, timeout=60, check=True
    )

    assert ("Exception ignored in" in ended.stderr) == is_noisy
    assert (ended.stderr != "") == is_noisy


def test_a_result_stored_while_a_client_subscribes_again_is_seen(
    server: Server, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = client_app(server.url)
    install(app)
    result = app.AsyncResult("awaited")
    result.then(lambda _: None)  # subscribes
    subscribe = PubSub.subscribe

    def subscribe_late(pubsub: PubSub, *keys: str) -> Any:
        client_app(server.url).backend.store_result("awaited", 1, "SUCCESS")
        return subscribe(pubsub, *keys)

    monkeypatch.setattr(PubSub, "subscribe", subscribe_late)
    redis.client_kill_filter(_type="pubsub")

    assert result.get(timeout=10) == 1


def test_results_are_read_only_after_the_server_has_subscribed_to_them(
    server: Server, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = client_app(server.url)
    install(app)
    result = app.AsyncResult("awaited")
    result.then(lambda _: None)  # subscribes
    answered: list[PubSub] = []
    had_answer: list[bool] = []
    get_message, read = PubSub.get_message, Subscription._read_subscribed

    def noted_answer(pubsub: PubSub, *args: Any, **options: Any) -> Any:
        message = get_message(pubsub, *args, **options)
        answered.append(pubsub)
        return message

    def noted_read(subscription: Subscription) -> None:
        had_answer.append(subscription._pubsub in answered)
        read(subscription)

    monkeypatch.setattr(PubSub, "get_message", noted_answer)
    monkeypatch.setattr(Subscription, "_read_subscribed", noted_read)
    redis.client_kill_filter(_type="pubsub")
    with pytest.raises(ResultTimeoutError):
        result.get(timeout=2)

    assert had_answer == [True]
