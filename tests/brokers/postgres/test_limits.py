"""Results that a row cannot hold as they are, and those that take long."""

from uuid import uuid4

from celery.app.task import Context

from .conftest import Node, client
from .server import PostgresServer


def test_texts_that_the_columns_refuse_are_cut_and_cleaned(module_postgres: PostgresServer) -> None:
    """As Node stores them: a task that has run has a result, whatever its message says."""
    backend = client(module_postgres.url).backend
    told = {"hostname": "w\0", "delivery_info": {"routing_key": "\ud800"}, "args": [], "kwargs": {}}
    request = Context(task="t" * 200, **told)

    backend.store_result("cleaned", ValueError("a\0b"), "FAILURE", traceback="a\0b", request=request)

    query = "SELECT name, worker, queue, traceback FROM celery_taskmeta WHERE task_id = 'cleaned'"
    assert module_postgres.sql(query) == [f"{'t' * 155}|w\ufffd|\ufffd|a\ufffdb"]


def test_a_large_result_may_take_longer_than_an_answer(module_postgres: PostgresServer, node: Node) -> None:
    """As long as its bytes move: it would be tried again forever."""
    hasty = Node(module_postgres.url, taskPublishTimeout=0.4)
    task_id, text = str(uuid4()), "x" * 30_000_000
    try:
        hasty.call("store", {"taskId": task_id, "status": "SUCCESS", "result": text})
    finally:
        hasty.close()

    # A busy server may be silent for longer before it sends such a row.
    assert node.call("meta", task_id)["result"] == text
