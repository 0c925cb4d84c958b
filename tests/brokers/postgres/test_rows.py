"""Both languages read and write each other's rows, in tables that either of them has made."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from celery import Celery, states
from celery.app.task import Context
from celery.result import GroupResult
from celery_reliable.persistence import persist

from .conftest import Node, client, stock
from .server import PostgresServer

EXTENDED = {
    "name": "shop.pay",
    "args": [1, "é"],
    "kwargs": {"order": 7},
    "worker": "js@host",
    "retries": 2,
    "queue": "js-queue",
    "stampedHeaders": ["tenant"],
    "stamps": {"tenant": "shop"},
}


def request_of(task_id: str) -> Context:
    """The same, as a Python worker has it."""
    return Context(
        id=task_id,
        task="shop.pay",
        args=[1, "é"],
        kwargs={"order": 7},
        hostname="js@host",
        retries=2,
        delivery_info={"routing_key": "js-queue"},
        stamped_headers=["tenant"],
        stamps={"tenant": "shop"},
        children=[],
    )


def test_python_reads_what_node_has_stored(node: Node, python: Celery) -> None:
    task_id = str(uuid4())
    before = datetime.now(UTC) - timedelta(seconds=5)

    node.call(
        "store", {"taskId": task_id, "status": "SUCCESS", "result": {"a": [1, None]}, "extended": EXTENDED}
    )

    result: Any = python.AsyncResult(task_id)
    assert result.get(timeout=30) == {"a": [1, None]}
    assert (result.name, result.args, result.kwargs) == ("shop.pay", [1, "é"], {"order": 7})
    assert (result.worker, result.retries, result.queue) == ("js@host", 2, "js-queue")
    meta: Any = python.backend.get_task_meta(task_id)
    assert (meta["stamped_headers"], meta["tenant"]) == (["tenant"], "shop")
    assert before < meta["date_done"].replace(tzinfo=UTC) < datetime.now(UTC) + timedelta(seconds=5)


def test_node_reads_what_python_has_stored(node: Node, python: Celery) -> None:
    task_id = str(uuid4())

    python.backend.store_result(task_id, {"a": [1, None]}, states.SUCCESS, request=request_of(task_id))

    meta = node.call("meta", task_id)
    assert (meta["status"], meta["result"], meta["stamps"]) == ("SUCCESS", {"a": [1, None]}, "shop")
    assert {name: meta[name] for name in ("name", "args", "kwargs", "worker", "retries", "queue")} == {
        name: EXTENDED[name] for name in ("name", "args", "kwargs", "worker", "retries", "queue")
    }
    done = datetime.fromisoformat(meta["dateDone"])
    assert abs(done - datetime.now(UTC)) < timedelta(seconds=30)


def test_the_same_result_is_the_same_row(node: Node, python: Celery, module_postgres: PostgresServer) -> None:
    by_node, by_python = str(uuid4()), str(uuid4())
    python.backend.store_result(by_python, {"é": 1.5}, states.SUCCESS, request=request_of(by_python))
    node.call("store", {"taskId": by_node, "status": "SUCCESS", "result": {"é": 1.5}, "extended": EXTENDED})

    rows = module_postgres.sql(
        "SELECT status, result, traceback, children, name, args, kwargs, worker, retries, queue, stamps "
        "FROM celery_taskmeta WHERE task_id IN (%s, %s)",
        by_node,
        by_python,
    )
    assert len(rows) == 2
    assert rows[0] == rows[1]


def test_typed_values_go_both_ways(node: Node, python: Celery) -> None:
    values = {"UUID": uuid4(), "Decimal": Decimal("1.50"), "DateTime": datetime(2026, 1, 2, tzinfo=UTC)}
    for kind, value in values.items():
        task_id = str(uuid4())
        python.backend.store_result(task_id, value, states.SUCCESS)
        assert node.call("typed", task_id) == kind


def test_errors_go_both_ways(node: Node, python: Celery) -> None:
    by_node, by_python = str(uuid4()), str(uuid4())
    node.call("store", {"taskId": by_node, "status": "FAILURE", "error": "too far", "traceback": "line 1"})
    python.backend.store_result(by_python, KeyError("gone"), states.FAILURE, traceback="line 2")

    with pytest.raises(Exception, match="too far") as raised:
        python.AsyncResult(by_node).get(timeout=30)
    assert type(raised.value).__name__ == "RangeError"
    read: Any = python.AsyncResult(by_node)
    assert read.traceback == "line 1"
    meta = node.call("meta", by_python)
    assert (meta["result"], meta["traceback"]) == ("KeyError: 'gone'", "line 2")


def test_groups_go_both_ways(node: Node, python: Celery) -> None:
    by_node, by_python = str(uuid4()), str(uuid4())
    node.call("saveGroup", by_node, ["a", "b"])
    GroupResult(by_python, [python.AsyncResult("c")], app=python).save()

    restored: Any = GroupResult.restore(by_node, app=python)
    assert [result.id for result in restored.results] == ["a", "b"]
    assert node.call("restoreGroup", by_python) == ["c"]


def test_a_success_is_final_for_both(node: Node, python: Celery) -> None:
    by_node, by_python = str(uuid4()), str(uuid4())
    node.call("store", {"taskId": by_node, "status": "SUCCESS", "result": 1})
    python.backend.store_result(by_node, ValueError("late"), states.FAILURE)
    python.backend.store_result(by_python, 2, states.SUCCESS)
    node.call("store", {"taskId": by_python, "status": "FAILURE", "error": "late"})

    assert python.AsyncResult(by_node).get(timeout=30) == 1
    assert node.call("wait", by_python) == 2


@pytest.mark.parametrize("end", [states.FAILURE, states.REVOKED])
def test_a_retry_that_is_stored_late_overwrites_no_end(
    module_postgres: PostgresServer, node: Node, end: str
) -> None:
    """Celery sends a retry before it stores RETRY, so another worker may have run it by then."""
    python = client(module_postgres.url)
    by_node, by_python = str(uuid4()), str(uuid4())
    for state in (states.RETRY, end, states.RETRY):
        node.call("store", {"taskId": by_node, "status": state, "error": "no"})
        python.backend.store_result(by_python, ValueError("no"), state)
    assert [python.AsyncResult(task_id).state for task_id in (by_node, by_python)] == [end, end]

    node.call("store", {"taskId": by_node, "status": states.SUCCESS, "result": 1})
    python.backend.store_result(by_python, 2, states.SUCCESS)
    assert [python.AsyncResult(task_id).get(timeout=30) for task_id in (by_node, by_python)] == [1, 2]


@pytest.mark.parametrize("make", [client, stock])
def test_either_makes_the_tables_for_the_other(
    postgres: PostgresServer, make: Callable[[str], Celery]
) -> None:
    described = []
    for is_node_first in (True, False):
        postgres.sql("DROP TABLE IF EXISTS celery_taskmeta, celery_tasksetmeta")
        postgres.sql("DROP SEQUENCE IF EXISTS task_id_sequence; DROP SEQUENCE IF EXISTS taskset_id_sequence")
        node, python = Node(postgres.url), make(postgres.url)
        steps = [
            lambda node=node: node.call("store", {"taskId": "node", "status": "SUCCESS", "result": 1}),
            lambda python=python: python.backend.store_result("python", 2, states.SUCCESS),
        ]
        for step in steps if is_node_first else reversed(steps):
            step()
        assert python.AsyncResult("node").get(timeout=30) == 1
        assert node.call("wait", "python") == 2
        described.append(described_tables(postgres))
        node.close()
    assert described[0] == described[1]


def described_tables(server: PostgresServer) -> list[str]:
    columns = server.sql(
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_name LIKE 'celery%' ORDER BY 1, 2"
    )
    indexes = server.sql("SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'celery%' ORDER BY 1")
    return columns + indexes


def test_all_may_start_at_the_same_time(postgres: PostgresServer) -> None:
    nodes = [Node(postgres.url) for _ in range(3)]
    apps = [client(postgres.url) for _ in range(3)] + [stock(postgres.url) for _ in range(3)]
    start = threading.Barrier(len(nodes) + len(apps))

    def by_python(number: int) -> None:
        start.wait()
        apps[number].backend.store_result(f"python{number}", number, states.SUCCESS)

    def by_node(number: int) -> None:
        start.wait()
        nodes[number].call("store", {"taskId": f"node{number}", "status": "SUCCESS", "result": number})

    with ThreadPoolExecutor(len(nodes) + len(apps)) as pool:
        done = [pool.submit(by_python, n) for n in range(len(apps))]
        done += [pool.submit(by_node, n) for n in range(len(nodes))]
        for each in done:
            each.result(timeout=60)

    assert postgres.sql("SELECT count(*) FROM celery_taskmeta") == ["9"]
    for node in nodes:
        node.close()


def test_tables_of_other_names_and_schemas_are_shared(postgres: PostgresServer) -> None:
    postgres.sql("CREATE SCHEMA history")
    names, schemas = {"task": "runs", "group": "batches"}, {"task": "history", "group": "history"}
    node = Node(postgres.url, databaseTableNames=names, databaseTableSchemas=schemas)
    try:
        app = client(postgres.url, database_table_names=names, database_table_schemas=schemas)
        node.call("store", {"taskId": "node", "status": "SUCCESS", "result": 1})
        app.backend.store_result("python", 2, states.SUCCESS)

        assert app.AsyncResult("node").get(timeout=30) == 1
        assert node.call("wait", "python") == 2
        assert postgres.sql("SELECT count(*) FROM history.runs") == ["2"]
    finally:
        backend: Any = app.backend
        backend.task_cls.configure()  # it is a class of Celery's, which all apps of a process share
        backend.taskset_cls.configure()
        node.close()


@pytest.mark.parametrize("expires", [3600, 0])
def test_both_delete_what_has_expired(module_postgres: PostgresServer, expires: int) -> None:
    node = Node(module_postgres.url, resultExpires=expires)
    app = client(module_postgres.url, result_expires=expires)
    for clean in (lambda: node.call("cleanUp"), app.backend.cleanup):
        old, new = str(uuid4()), str(uuid4())
        for task_id in (old, new):
            app.backend.store_result(task_id, 1, states.SUCCESS)
        module_postgres.sql(
            "UPDATE celery_taskmeta SET date_done = now() AT TIME ZONE 'UTC' - interval '2 hours' "
            "WHERE task_id = %s",
            old,
        )

        clean()

        rows = module_postgres.sql("SELECT task_id FROM celery_taskmeta WHERE task_id IN (%s, %s)", old, new)
        assert set(rows) == ({new} if expires else {old, new})
    node.close()


def test_python_announces_what_it_stores_on_nodes_channel(
    module_postgres: PostgresServer, node: Node
) -> None:
    app = client(module_postgres.url)
    by_python, by_node = str(uuid4()), str(uuid4())
    uri = module_postgres.url.removeprefix("db+")
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute('LISTEN "celery..celery_taskmeta"')

        app.backend.store_result(by_python, 5, states.SUCCESS)
        node.call("store", {"taskId": by_node, "status": "SUCCESS", "result": 1})

        heard = [notice.payload for notice in connection.notifies(timeout=20, stop_after=2)]
    assert heard == [by_python, by_node]


def test_a_python_client_waits_for_node(node: Node, python: Celery) -> None:
    task_id = str(uuid4())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: python.AsyncResult(task_id).get(timeout=30))
        threading.Event().wait(0.5)
        node.call("store", {"taskId": task_id, "status": "SUCCESS", "result": 7})

        assert waiting.result(timeout=10) == 7


def test_tables_that_were_dropped_are_made_again(postgres: PostgresServer) -> None:
    app = client(postgres.url)
    persist(app)  # as in a worker, which repeats what fails
    app.backend.store_result("before", 1, "SUCCESS")
    postgres.sql("DROP TABLE celery_taskmeta")

    storing = threading.Thread(target=app.backend.store_result, args=("after", 2, "SUCCESS"), daemon=True)
    storing.start()
    storing.join(20)

    assert postgres.sql("SELECT task_id, status FROM celery_taskmeta") == ["after|SUCCESS"]
