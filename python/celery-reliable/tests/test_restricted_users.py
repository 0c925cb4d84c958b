"""A worker and a client under the smallest users of the server that docs/settings.md names."""

from typing import Any

import pytest
from celery import Celery, chain, chord, group
from conftest import Ledger, Server, StartWorker, client_app, kill_all

from tests.support.server_users import UsedRights, create_user, refusals, rule
from tests.support.waiting import wait_until


def rules(user: str, prefix: str) -> list[str]:
    """The rules of a user, "worker" or "client"; a test's queue stands for those of the template."""
    place = f"Python {user}, without a prefix" if not prefix else "Python, with `JOBS_GLOBAL_KEYPREFIX=jobs:`"
    return [*rule(f"Python {user}"), *rule(place)]


@pytest.mark.parametrize("prefix", ["", "jobs:"], ids=["bare", "prefix"])
def test_a_worker_and_a_client_need_exactly_what_is_documented(
    prefix: str, redis: Any, start: StartWorker, ledger: Ledger
) -> None:
    used = UsedRights(redis)
    option = {"global_keyprefix": prefix}
    settings: dict[str, Any] = {"broker_transport_options": option, "result_backend_transport_options": option}
    settings |= {"task_default_queue": "py-queue", "worker_prefetch_multiplier": 2}
    urls = {user: create_user(redis, user, *rules(user, prefix)) for user in ("worker", "client")}
    given = {"url": urls["worker"], "settings": settings, "arguments": ("-E",), "queues": "py-queue", "lease_s": 1}
    first = start(**given)
    app = client_app(urls["client"], **settings)
    add = app.signature("worker_app.add", args=(1, 2))

    assert add.apply_async(priority=6).get(timeout=20) == 3
    assert add.apply_async(countdown=2.5).get(timeout=20) == 3  # parked, swept and taken again
    assert add.apply_async(exchange="py-queue", routing_key="py-queue").get(timeout=20) == 3
    assert chain(add, app.signature("worker_app.add", args=(4,)))().get(timeout=20) == 7
    extend = app.signature("worker_app.extend")
    assert chord([add, extend])(app.signature("worker_app.tag", immutable=True)).get(timeout=20) is False
    together: Any = group([add, add]).apply_async()
    together.save()
    assert app.GroupResult.restore(together.id).get(timeout=20) == [3, 3]
    killed = app.send_task("worker_app.kill_process", [str(ledger), "a", 1])
    assert killed.get(timeout=20) == "a"
    with pytest.raises(ValueError, match="wrong"):
        app.send_task("worker_app.fail_for_good", ["wrong"]).get(timeout=20)
    assert app.send_task("worker_app.be_a_client", ["js-queue"]).get(timeout=20) == [3, 7]
    add.apply_async(queue="js-queue")
    redis.script_flush()  # as after a restart of the server
    [pong] = wait_until(lambda: app.control.ping(timeout=1, limit=1), what="an answer") or []
    assert list(pong.values()) == [{"ok": "pong"}]
    app.control.revoke(killed.id)
    assert app.control.inspect(timeout=5, limit=1).active_queues()
    killed.forget()
    app.control.purge()

    # One worker is gone with what it held; the next one stops and puts back what it has not begun.
    app.send_task("worker_app.work", [str(ledger), "lost", 5])
    wait_until(lambda: ledger.count("begin", "lost"), what="a start")
    kill_all(first)
    worker = start(**given)
    wait_until(lambda: ledger.count("begin", "lost") == 2, what="a second start")
    for _ in range(4):
        app.send_task("worker_app.work", [str(ledger), "short", 3])
    wait_until(lambda: ledger.count("begin", "short"), what="a start")
    worker.stop(25)

    assert refusals(redis) == []
    unused = {user: used.unused(user, rules(user, prefix)) for user in urls}
    assert unused == {"worker": [], "client": []}
    app.close()


def test_a_worker_that_may_not_listen_says_so_and_takes_tasks(server: Server, redis: Any, start: StartWorker) -> None:
    words = [each for each in rule("Python worker") if each != "+subscribe"]
    redis.execute_command("ACL", "SETUSER", "worker", "on", ">pw", "~*", "&*", *words)

    worker = start(pool="solo", url=server.url.replace("//", "//worker:pw@"), arguments=("--without-mingle",))

    app = client_app(server.url)
    assert app.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    worker.wait_for_log("The server does not let this worker listen to remote control", 10)
    assert worker.exit_code is None


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_a_right_that_only_results_need_is_missed_at_once(
    pool: str, server: Server, redis: Any, client: Celery, start: StartWorker
) -> None:
    words = [each for each in rule("Python worker") if each != "+incr"]
    redis.execute_command("ACL", "SETUSER", "worker", "on", ">pw", "~*", "&*", *words)
    worker = start(pool=pool, url=server.url.replace("//", "//worker:pw@"))
    part = client.signature("worker_app.extend")

    waiting = chord([part, part])(client.signature("worker_app.tag", immutable=True))

    worker.wait_for_log("The result backend refuses a command: .*incr", 10)
    redis.execute_command("ACL", "SETUSER", "worker", "+incr")
    assert waiting.get(timeout=20) is False


@pytest.mark.parametrize("prefix", ["ac[m]e*{x}:", "a?b\\c^d-"])
def test_a_worker_hears_remote_control_under_any_prefix(prefix: str, server: Server, start: StartWorker) -> None:
    option = {"global_keyprefix": prefix}
    settings = {"broker_transport_options": option, "result_backend_transport_options": option}
    start(pool="solo", settings=settings, arguments=("--without-mingle",))
    app = client_app(server.url, **settings)

    assert wait_until(lambda: app.control.ping(timeout=1, limit=1), 30, "an answer")
    assert app.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
