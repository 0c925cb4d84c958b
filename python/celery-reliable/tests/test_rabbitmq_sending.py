"""A task for a RabbitMQ that is away. `tests/brokers/rabbitmq` has the tests with a server."""

import time
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

import celery_reliable
from celery_reliable.rabbitmq_sending import with_queue

NOWHERE = "amqp://guest:guest@127.0.0.1:1//"  # no server uses port 1


# Without retries, kombu itself connects three times, 2 and 4 s apart: so does stock Celery.
@pytest.mark.parametrize(
    ("options", "within_s"),
    [({}, 5), ({"countdown": 0.5}, 5), ({"countdown": 10}, 5), ({"countdown": 10, "retry": False}, 10)],
)
def test_a_task_for_a_broker_that_is_away_is_an_error_in_time(options: dict[str, Any], within_s: float) -> None:
    app = Celery(broker=NOWHERE, set_as_current=False)
    celery_reliable.install(app)

    since = time.monotonic()
    with pytest.raises(OperationalError, match="refused"):
        app.send_task("nowhere", **options)

    assert time.monotonic() - since < within_s


@pytest.mark.parametrize(
    ("exchange", "key", "queue"),
    [
        ("", "slow", "slow"),
        ("celery", "slow", "slow"),
        ("other", "slow", None),
        ("", "unknown", None),
        (None, "slow", None),
    ],
)
def test_a_retry_goes_back_to_its_queue(exchange: str | None, key: str, queue: str | None) -> None:
    app = Celery(broker=NOWHERE, set_as_current=False)
    app.amqp.queues.select_add("slow")
    options = {"exchange": exchange, "routing_key": key, "countdown": 2}

    assert with_queue(app, options) == (options if queue is None else {"queue": queue, "countdown": 2})
