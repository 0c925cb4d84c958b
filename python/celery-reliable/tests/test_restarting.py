"""A SIGHUP restarts a worker, also one that was started by ``python -m celery``."""

import signal

from celery import Celery
from conftest import StartWorker

from tests.support.waiting import wait_until


def test_a_hangup_restarts_the_worker(start: StartWorker, client: Celery) -> None:
    worker = start()

    worker.signal(signal.SIGHUP)
    wait_until(lambda: worker.log.count(" ready.") == 2, 60, "the second start")

    assert worker.exit_code is None
    assert client.send_task("worker_app.add", [1, 2]).get(timeout=30) == 3
