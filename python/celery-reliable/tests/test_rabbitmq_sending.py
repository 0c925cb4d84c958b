"""A task for a RabbitMQ that is away. `tests/brokers/rabbitmq` has the tests with a server."""

import time
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

import celery_reliable

NOWHERE = "amqp://guest:guest@127.0.0.1:1//"  # no server uses port 1


@pytest.mark.parametrize("options", [{}, {"countdown": 0.5}, {"countdown": 10}, {"countdown": 10, "retry": False}])
def test_a_task_for_a_broker_that_is_away_is_an_error_in_time(options: dict[str, Any]) -> None:
    app = Celery(broker=NOWHERE, set_as_current=False)
    celery_reliable.install(app)

    since = time.monotonic()
    with pytest.raises(OperationalError, match="refused"):
        app.send_task("nowhere", **options)

    assert time.monotonic() - since < 5
