"""Stored pickles, which stock workers may write, are refused: loading one can run any code."""

import pickle
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from celery.result import GroupResult
from kombu.exceptions import ContentDisallowed

from tests.clients.installed import Clients

from .conftest import Node, client, stock
from .server import PostgresServer

PICKLES: dict[str, Any] = {
    "result_serializer": "pickle",
    "accept_content": ["json", "pickle"],
    "result_accept_content": ["json", "pickle"],
}
REFUSED = "the stored result is a pickle"


@pytest.fixture
def writer(module_postgres: PostgresServer) -> Celery:
    """A stock app that writes pickles."""
    return stock(module_postgres.url, **PICKLES)


class Touch:
    """An object whose pickle makes a file when it is loaded."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.file,))


def test_both_languages_refuse_a_pickle(
    module_postgres: PostgresServer, node: Node, writer: Celery, tmp_path: Path
) -> None:
    task_id, group_id = str(uuid4()), str(uuid4())
    writer.backend.store_result(task_id, {"a": 1}, "SUCCESS")
    GroupResult(group_id, [writer.AsyncResult(task_id)], app=writer).save()
    hostile, made = str(uuid4()), tmp_path / "made"
    writer.backend.store_result(hostile, 1, "SUCCESS")
    module_postgres.sql(
        "UPDATE celery_taskmeta SET result = %s WHERE task_id = %s", pickle.dumps(Touch(made)), hostile
    )
    app = client(module_postgres.url)

    for each in (task_id, hostile):
        with pytest.raises(ContentDisallowed, match=f"{REFUSED}.*result_accept_content"):
            app.AsyncResult(each).get(timeout=10)
        with pytest.raises(RuntimeError, match=f"{REFUSED}, which only Python can read"):
            node.call("meta", each)
    with pytest.raises(ContentDisallowed, match=REFUSED):
        GroupResult.restore(group_id, app=app)
    with pytest.raises(RuntimeError, match=REFUSED):
        node.call("restoreGroup", group_id)
    assert not made.exists()


def test_an_app_that_accepts_pickles_reads_them(module_postgres: PostgresServer, writer: Celery) -> None:
    task_id = str(uuid4())
    writer.backend.store_result(task_id, {"a": 1}, "SUCCESS")

    app = client(module_postgres.url, result_accept_content=["json", "pickle"])

    assert app.AsyncResult(task_id).get(timeout=10) == {"a": 1}


def test_the_generated_python_client_refuses_a_pickle(
    clients: Clients, module_postgres: PostgresServer, writer: Celery, tmp_path: Path
) -> None:
    writer.backend.store_result("pickled", {"a": 1}, "SUCCESS")
    program = tmp_path / "reader.py"
    program.write_text(
        "import importlib, sys\n"
        "job = importlib.import_module(sys.argv[1]).connect().js.flow.double.job('pickled')\n"
        "try:\n    job.look()\nexcept Exception as error:\n    print(type(error).__name__, error)\n"
    )

    text = clients.python(program, clients.package, env={"JOBS_RESULT_BACKEND": module_postgres.url})

    assert text.startswith(f"ContentDisallowed {REFUSED}")
