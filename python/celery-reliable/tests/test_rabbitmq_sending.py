"""A task for a RabbitMQ that is away. `tests/brokers/rabbitmq` has the tests with a server."""

import time
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

import celery_reliable

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
