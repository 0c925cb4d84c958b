"""Results that are stored in the wrong order, or cannot be stored at once."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Retry
from celery.exceptions import TimeoutError as CeleryTimeoutError
from conftest import Ledger, Server, StartWorker, settings_for
from proxy import Proxy as LosingProxy
from redis import Redis

import celery_reliable
import celery_reliable.results
from celery_reliable.persistence import persist
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

TASK = "worker_app"

# What makes a server refuse to store, and what ends that.
REFUSALS: dict[str, tuple[Callable[[Redis], object], Callable[[Redis], object]]] = {
    "without a replica": (
        lambda redis: redis.config_set("min-replicas-to-write", 1),
        lambda redis: redis.config_set("min-replicas-to-write", 0),
    ),
    "without permission": (
        lambda redis: set_rules(redis, "-@all"),
        lambda redis: set_rules(redis, "+@all"),
    ),
    "with another password": (
        lambda redis: [set_rules(redis, "resetpass", ">other"), redis.client_kill_filter(user="app")],
        lambda redis: set_rules(redis, "resetpass", ">secret"),
    ),
}


def set_rules(redis: Redis, *rules: str) -> Any:
    run: Any = redis.execute_command
    return run("ACL", "SETUSER", "app", *rules)


@pytest.fixture
def backend(server: Server) -> celery_reliable.results.RedisBackend:
    app = Celery("reliable_results", set_as_current=False)
    app.config_from_object(settings_for(server.url, result_expires=100, result_failure_expires=50))
    celery_reliable.install(app)
    backend = app.backend
    assert isinstance(backend, celery_reliable.results.RedisBackend)
    return backend


def test_a_stored_success_is_not_overwritten_by_what_comes_late(
    backend: celery_reliable.results.RedisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look at what is stored comes before it, as it does when two workers store at the same moment."""
    monkeypatch.setattr(backend, "_get_task_meta_for", lambda _task_id: {"status": "PENDING"})
    backend.store_result("task", 3, "SUCCESS")

    backend.store_result("task", Retry("later"), "RETRY")

    assert backend.decode_result(backend.get("celery-task-meta-task"))["status"] == "SUCCESS"


@pytest.mark.parametrize("end", ["FAILURE", "REVOKED"])
def test_a_retry_that_is_stored_late_overwrites_no_end(backend: celery_reliable.results.RedisBackend, end: str) -> None:
    """Celery sends the retry first: another worker may have run it by then."""
    for state, stored in (("RETRY", "RETRY"), (end, end), ("RETRY", end), ("SUCCESS", "SUCCESS")):
        backend.store_result("task", None if state == "SUCCESS" else ValueError(state), state)
        assert backend.decode_result(backend.get("celery-task-meta-task"))["status"] == stored


@pytest.mark.parametrize(("state", "expires_s"), [("SUCCESS", 100), ("FAILURE", 50), ("RETRY", 100)])
def test_a_result_is_kept_as_long_as_celery_keeps_it(
    backend: celery_reliable.results.RedisBackend, server: Server, state: str, expires_s: int
) -> None:
    backend.store_result("task", 3 if state == "SUCCESS" else ValueError("no"), state)
    assert expires_s - 5 < server.client.ttl("celery-task-meta-task") <= expires_s


def test_a_result_refused_by_a_full_server_is_stored_later(
    backend: celery_reliable.results.RedisBackend, redis: Redis
) -> None:
    redis.config_set("maxmemory", 1)
    storing = threading.Thread(target=backend.store_result, args=("task", 3, "SUCCESS"))
    storing.start()
    wait_until(lambda: int(redis.info("errorstats").get("errorstat_OOM", {}).get("count", 0)) > 1, 20, "refusals")

    redis.config_set("maxmemory", 0)

    storing.join(20)
    assert backend.get_task_meta("task")["status"] == "SUCCESS"


def test_an_answer_out_of_step_costs_no_result(server: Server) -> None:
    with Proxy(server.port) as proxy:
        app = Celery("reliable_results", set_as_current=False)
        app.config_from_object(settings_for(proxy.url))
        celery_reliable.install(app)
        app.backend.store_result("first", 1, "SUCCESS")
        extra = [b"+OK\r\n"]
        proxy.change_replies(lambda data: (extra.pop() if extra else b"") + data)

        app.backend.store_result("second", 2, "SUCCESS")

        assert extra == []
        assert app.backend.get_task_meta("second")["status"] == "SUCCESS"
        app.close()


def test_a_part_that_is_added_to_a_chord_counts_once_also_if_the_reply_is_lost(server: Server, redis: Redis) -> None:
    proxy = LosingProxy(server.port)
    app = Celery("reliable_results", set_as_current=False)
    app.config_from_object(settings_for(proxy.url))
    celery_reliable.install(app)
    persist(app)  # as a worker
    app.backend.add_to_chord("g", None)  # the server knows the script now
    proxy.cut_after(b"celery-taskset-meta-g.t")

    app.backend.add_to_chord("g", None)

    assert proxy.cuts == 1
    assert redis.get("celery-taskset-meta-g.t") == "2"
    app.close()
    proxy.close()


@pytest.mark.parametrize("refusal", [*REFUSALS])
def test_a_result_is_stored_once_the_server_no_longer_refuses(
    refusal: str, server: Server, redis: Redis, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    set_rules(redis, "on", ">secret", "~*", "&*", "+@all")
    start(url=server.url.replace("//", "//app:secret@"))
    begin, end = REFUSALS[refusal]
    result = client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")
    begin(redis)
    refused = sum(entry["count"] for entry in redis.info("errorstats").values())

    gate.touch()
    wait_until(lambda: ledger.count("end") == 1, what="the task's end")
    wait_until(lambda: sum(e["count"] for e in redis.info("errorstats").values()) > refused + 5, 20, "refusals")
    end(redis)

    assert result.get(timeout=25) == "a"
    wait_until(server.is_clean, 20, "a clean server")
    assert ledger.runs() == {"a": 1}


def test_a_result_is_published_to_those_who_wait(start: StartWorker, client: Celery) -> None:
    start()
    results = [client.send_task(f"{TASK}.add", [n, 1]) for n in range(20)]
    assert [result.get(timeout=20) for result in results] == list(range(1, 21))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("depth", [1, 2])
def test_a_group_within_a_group_is_waited_for_as_long_as_the_outer_one(
    backend: celery_reliable.results.RedisBackend, depth: int
) -> None:
    app = backend.app
    backend.store_result("done", 1, "SUCCESS")
    group = app.GroupResult("innermost", [app.AsyncResult("done"), app.AsyncResult("never")])
    for number in range(depth):
        group = app.GroupResult(f"group {number}", [app.AsyncResult("done"), group])

    with pytest.raises(CeleryTimeoutError):
        group.get(timeout=0.2)

    backend.store_result("never", 2, "SUCCESS")
    assert group.get(timeout=0.2) == ([1, [1, 2]] if depth == 1 else [1, [1, [1, 2]]])


def test_a_claim_without_an_end_does_not_keep_a_part_for_ever(
    backend: celery_reliable.results.RedisBackend, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celery_reliable.results, "LONGEST_CLAIM", 2)
    keys = [f"celery-taskset-meta-g{suffix}" for suffix in (".j", ".t", ".s", ".d", "", ".c")]
    redis.set("celery-taskset-meta-g.s", 1)
    redis.set("celery-taskset-meta-g.c", "of nobody")

    reply = backend._chord_part_return_script(keys=keys, args=["t1", "text", 1, 0, 0, 0, 1, "token"])

    assert reply[3] == 1
    assert redis.get("celery-taskset-meta-g.c") == "token"
