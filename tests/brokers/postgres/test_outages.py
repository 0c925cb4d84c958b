"""PostgreSQL is killed under load: no result is lost, no message is acknowledged without its row."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery
from celery.result import AsyncResult

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .fleet import QUEUES, workers
from .server import PostgresServer

CRASHES = 3
SEND_EVERY_S = 0.01


@pytest.mark.timeout(300)
def test_nothing_is_lost_while_the_server_is_killed(
    valkey: ValkeyServer, postgres: PostgresServer, tmp_path: Path
) -> None:
    with workers(valkey, postgres.url, tmp_path, "reliable", "js", task_acks_late=True) as (app, _):
        with sending(app) as sent:
            for _ in range(CRASHES):
                time.sleep(1)
                postgres.kill()
                assert valkey.client.exists("unacked", *QUEUES.values()), "a result to be stored"
                time.sleep(1)
                postgres.start()
        for number, result in sent.items():
            assert wait_for(result) == number + 1

        assert postgres.sql("SELECT status, count(*) FROM celery_taskmeta GROUP BY status") == [
            f"SUCCESS|{len(sent)}"
        ]
        wait_until(lambda: valkey.client.exists("unacked", *QUEUES.values()) == 0, 20, "nothing to be left")


@pytest.mark.timeout(200)
@pytest.mark.parametrize("kind", ["reliable", "js"])
def test_a_message_is_kept_until_its_row_is_there(
    valkey: ValkeyServer, postgres: PostgresServer, tmp_path: Path, kind: str
) -> None:
    with workers(valkey, postgres.url, tmp_path, kind, task_acks_late=True) as (app, programs):
        postgres.kill()
        result = app.send_task("conformance.basic.add", [1, 2], queue=QUEUES[kind])
        programs[kind].wait_for_log("cannot be stored|does not answer")
        time.sleep(2)
        assert valkey.client.hlen("unacked") == 1

        postgres.start()

        assert wait_for(result) == 3
        wait_until(lambda: valkey.client.hlen("unacked") == 0, 20, "the acknowledgement")


@contextmanager
def sending(app: Celery) -> Iterator[dict[int, "AsyncResult[int]"]]:
    """Sends tasks until the context ends; they are in the dict by their numbers."""
    sent: dict[int, AsyncResult[int]] = {}
    over = threading.Event()

    def keep_sending() -> None:
        while not over.wait(SEND_EVERY_S):
            number = len(sent)
            sent[number] = send(app, number)

    thread = threading.Thread(target=keep_sending)
    thread.start()
    try:
        yield sent
    finally:
        over.set()
        thread.join()


def send(app: Celery, number: int) -> "AsyncResult[int]":
    queue = QUEUES["js" if number % 2 else "reliable"]
    return app.send_task("conformance.basic.add", [number, 1], queue=queue)


def wait_for(result: "AsyncResult[int]") -> int:
    return int(result.get(timeout=60))
