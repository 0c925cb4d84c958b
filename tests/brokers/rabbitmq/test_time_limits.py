"""Tasks that may run for longer than RabbitMQ lets a worker hold their messages (`consumer_timeout`)."""

import re
from typing import Any

import pytest

from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker

CONSEQUENCE = (
    "and RabbitMQ gives a message to another worker after 1800 s unless its consumer_timeout was raised"
)


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_limit_of_the_app_over_the_timeout_is_warned_of(fleet: Fleet, kind: str) -> None:
    setting = {"node": "taskTimeLimit", "python": "task_time_limit"}[kind]
    start: Any = {"node": fleet.node, "python": fleet.python}[kind]

    equal, longer = (start(**{setting: limit_s}) for limit_s in (1800, 1801))

    assert "consumer_timeout" not in equal.log
    assert f"{setting} is 1801 s, {CONSEQUENCE}" in longer.log


@pytest.mark.parametrize("kind", KINDS)
def test_a_limit_of_a_task_or_a_message_is_warned_of_once(fleet: Fleet, broker: Broker, kind: str) -> None:
    worker = fleet.start(kind, env={"LONG_TASK_S": "3600"})
    with client(broker) as app:
        sent = [app.send_task("tests.add", [1, 2], time_limit=limit_s) for limit_s in (1800, 7200, 7201)]
        assert [result.get(timeout=RESULT_WITHIN_S) for result in sent] == [3, 3, 3]

    warned = re.findall(rf"([\w.\[\]-]+) has a time limit of (\d+) s, {CONSEQUENCE}", worker.log)
    assert warned == [("tests.long", "3600"), (f"tests.add[{sent[1].id}]", "7200")]
