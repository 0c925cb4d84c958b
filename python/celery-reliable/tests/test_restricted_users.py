"""A worker and a client under the smallest users of the server that docs/settings.md names."""

import re
from pathlib import Path
from typing import Any

import pytest
from celery import chain, chord, group
from conftest import Ledger, Server, StartWorker, client_app

from tests.support.waiting import wait_until

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def documented(row: str) -> list[str]:
    """The rules in a row of the page's tables."""
    match = re.search(rf"^\| {re.escape(row)} \| `([^`]+)`.* \|$", DOCS.read_text(), re.MULTILINE)
    assert match, row
    return match[1].split()


@pytest.mark.parametrize(
    ("prefix", "keys"),
    [("", "Python, without a prefix"), ("jobs:", "Python, with `JOBS_GLOBAL_KEYPREFIX=jobs:`")],
    ids=["bare", "prefix"],
)
def test_a_restricted_user_may_do_all_that_a_worker_and_a_client_do(
    prefix: str, keys: str, server: Server, redis: Any, start: StartWorker, ledger: Ledger
) -> None:
    for user, row in (("worker", "Python worker"), ("client", "Python client")):
        redis.execute_command("ACL", "SETUSER", user, "on", ">pw", *documented(keys), "~jobs*", *documented(row))
    option = {"global_keyprefix": prefix}
    settings = {"broker_transport_options": option, "result_backend_transport_options": option}
    worker = start(url=server.url.replace("//", "//worker:pw@"), settings=settings, arguments=("-E",), lease_s=1)
    app = client_app(server.url.replace("//", "//client:pw@"), **settings)
    add = app.signature("worker_app.add", args=(1, 2))

    assert add.apply_async(priority=6).get(timeout=20) == 3
    assert add.apply_async(countdown=2.5).get(timeout=20) == 3  # parked, swept and taken again
    assert chain(add, app.signature("worker_app.add", args=(4,)))().get(timeout=20) == 7
    assert chord([add, add])(app.signature("worker_app.tag", immutable=True)).get(timeout=20) is False
    together: Any = group([add, add]).apply_async()
    together.save()
    assert app.GroupResult.restore(together.id).get(timeout=20) == [3, 3]
    killed = app.send_task("worker_app.kill_process", [str(ledger), "a", 1])
    assert killed.get(timeout=20) == "a"
    with pytest.raises(ValueError, match="wrong"):
        app.send_task("worker_app.fail_for_good", ["wrong"]).get(timeout=20)
    [pong] = wait_until(lambda: app.control.ping(timeout=1, limit=1), what="an answer") or []
    assert list(pong.values()) == [{"ok": "pong"}]
    app.control.revoke(killed.id)
    assert app.control.inspect(timeout=5, limit=1).active_queues()
    killed.forget()
    app.control.purge()
    app.close()
    worker.stop(25)

    assert redis.execute_command("ACL", "LOG") == []


def test_a_worker_that_may_not_listen_says_so_and_takes_tasks(server: Server, redis: Any, start: StartWorker) -> None:
    rules = [rule for rule in documented("Python worker") if rule != "+subscribe"]
    redis.execute_command("ACL", "SETUSER", "worker", "on", ">pw", "~*", "&*", *rules)

    worker = start(pool="solo", url=server.url.replace("//", "//worker:pw@"), arguments=("--without-mingle",))

    app = client_app(server.url)
    assert app.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    worker.wait_for_log("The server does not let this worker listen to remote control", 10)
    assert worker.exit_code is None


@pytest.mark.parametrize("prefix", ["ac[m]e*{x}:", "a?b\\c^d-"])
def test_a_worker_hears_remote_control_under_any_prefix(prefix: str, server: Server, start: StartWorker) -> None:
    option = {"global_keyprefix": prefix}
    settings = {"broker_transport_options": option, "result_backend_transport_options": option}
    start(pool="solo", settings=settings, arguments=("--without-mingle",))
    app = client_app(server.url, **settings)

    assert wait_until(lambda: app.control.ping(timeout=1, limit=1), 10, "an answer")
    assert app.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
