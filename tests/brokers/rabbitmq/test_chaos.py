"""Numbered tasks while workers are killed, connections cut and the server is killed: nothing may be lost.

RABBITMQ_CHAOS_TASKS=5000 python/.venv/bin/python -m pytest -s tests/brokers/rabbitmq/test_chaos.py -k 4.0
"""

import os
import re
import sys
import threading
import time
from collections import Counter
from typing import Any

import pytest
from celery.result import AsyncResult

from tests.brokers.rabbitmq.fleet import Fleet, client
from tests.brokers.rabbitmq.server import Broker
from tests.support.programs import Program
from tests.support.proxy import Proxy

TASKS = int(os.environ.get("RABBITMQ_CHAOS_TASKS", "600"))
# How often something fails.
FAULT_EVERY_S = 2.0
# Every so many faults, the server is killed.
SERVER_FAULT = 6
LAST_RESULT_WITHIN_S = 120


@pytest.mark.timeout(900)
def test_kills_cuts_and_restarts_lose_nothing(fleet: Fleet, broker: Broker) -> None:
    name = broker.url.rsplit("/", 1)[1]
    with Proxy(broker.server.port) as proxy, client(broker, stock=False) as app:
        url = f"amqp://guest:guest@127.0.0.1:{proxy.port}/{name}"
        workers = [fleet.node(url=url), fleet.node(url=url)]
        started = [*workers]
        faults: Counter[str] = Counter()
        results: list[AsyncResult[Any]] = []
        sender = threading.Thread(target=_send, args=(app, results))
        sender.start()
        while sender.is_alive():
            time.sleep(FAULT_EVERY_S)
            _fail(broker, proxy, fleet, workers, started, faults, url)
        sender.join()

        assert len(results) == TASKS
        done = [result.get(timeout=LAST_RESULT_WITHIN_S) for result in results]

    ran = Counter(task for worker in started for task in re.findall(r"sleep\[(\S+?)\] succeeded", worker.log))
    twice = sum(1 for count in ran.values() if count > 1)
    sys.stdout.write(
        f"\n{TASKS} tasks, {dict(faults)}: lost {TASKS - len(done)}, ran more than once {twice}\n"
    )


def _send(app: Any, results: list[AsyncResult[Any]]) -> None:
    policy = {"max_retries": 200, "interval_start": 0.1, "interval_step": 0.2, "interval_max": 1}
    while len(results) < TASKS:
        # What was sent although its confirmation was lost has the same id, and counts once.
        results.append(app.send_task("tests.sleep", [0.01], retry=True, retry_policy=policy))
        time.sleep(0.005)


def _fail(
    broker: Broker,
    proxy: Proxy,
    fleet: Fleet,
    workers: list[Program],
    started: list[Program],
    faults: Counter[str],
    url: str,
) -> None:
    number = sum(faults.values()) + 1
    if number % SERVER_FAULT == 0:
        broker.server.kill()
        broker.server.start()
        faults["server kills"] += 1
    elif number % 2 == 0:
        workers.pop(0).kill()
        workers.append(fleet.node(url=url))
        started.append(workers[-1])
        faults["worker kills"] += 1
    else:
        proxy.cut()
        faults["cuts"] += 1
