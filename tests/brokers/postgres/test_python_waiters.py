"""Python clients with celery-reliable wait for results: workers wake them, over one connection."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from celery import states
from celery_reliable import database_results

from tests.support.waiting import wait_until

from .conftest import Node, client
from .server import PostgresServer

WAITERS = 40
WAITING = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'celery-reliable-waiting'"


@pytest.fixture
def no_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client checks by itself only after a minute."""
    for name in ("_FIRST_PAUSE_S", "_LONGEST_PAUSE_S"):
        monkeypatch.setattr(database_results, name, 60.0)


@pytest.mark.usefixtures("no_polling")
@pytest.mark.parametrize("language", ["node", "python"])
def test_a_worker_wakes_the_clients_that_wait(
    module_postgres: PostgresServer, node: Node, language: str
) -> None:
    app = client(module_postgres.url)
    ids = [str(uuid4()) for _ in range(WAITERS)]
    with ThreadPoolExecutor(WAITERS) as pool:
        waiting = [pool.submit(app.AsyncResult(task_id).get, timeout=50) for task_id in ids]
        wait_until(lambda: len(module_postgres.sql(WAITING)) == 1, 20, "the connection that listens")

        for number, task_id in enumerate(ids):
            if language == "node":
                node.call("store", {"taskId": task_id, "status": "SUCCESS", "result": number})
            else:
                app.backend.store_result(task_id, number, states.SUCCESS)

        assert [each.result(timeout=30) for each in waiting] == list(range(WAITERS))
        assert len(module_postgres.sql(WAITING)) <= 1
    wait_until(lambda: module_postgres.sql(WAITING) == [], 20, "the end of the idle connection")


def test_a_client_that_waits_outlives_a_crash_of_the_server(postgres: PostgresServer) -> None:
    app = client(postgres.url)
    task_id = str(uuid4())
    app.backend.store_result(task_id, None, states.STARTED)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(app.AsyncResult(task_id).get, timeout=60)
        wait_until(lambda: len(postgres.sql(WAITING)) == 1, 20, "the connection that listens")

        postgres.kill()
        postgres.start()
        app.backend.store_result(task_id, 7, states.SUCCESS)

        assert waiting.result(timeout=60) == 7


def test_a_clients_own_name_for_its_connections_is_kept(module_postgres: PostgresServer) -> None:
    named = {"connect_args": {"application_name": "shop"}}
    app = client(module_postgres.url, database_engine_options=named)
    task_id = str(uuid4())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(app.AsyncResult(task_id).get, timeout=50)
        listening = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'shop' AND query LIKE 'LISTEN%'"
        wait_until(lambda: len(module_postgres.sql(listening)) == 1, 20, "the connection that listens")
        app.backend.store_result(task_id, 7, states.SUCCESS)

        assert waiting.result(timeout=30) == 7
