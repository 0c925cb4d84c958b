"""Connections that break, answers that get lost, and servers that refuse: nothing is lost, nothing runs twice."""

import logging
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.result import AsyncResult
from conftest import Ledger, Server, StartWorker, client_app
from proxy import Proxy
from redis import Redis

from celery_reliable.outage import Outage
from celery_reliable.reconnecting import _Replaced
from celery_reliable.reply_watch import Silence
from celery_reliable.scripts import _DIGESTS
from tests.support.waiting import wait_until

TASK = "worker_app"


def stored(client: Celery, result: "AsyncResult[Any]") -> str:
    """Return the stored state: a stock client may miss a result while it subscribes again."""
    return str(client.backend.get_task_meta(result.id)["status"])


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_constantly_killed_connections_lose_and_repeat_no_task(
    pool: str, server: Server, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger
) -> None:
    """Also not of a task that a pool's process was just being sent."""
    start(pool=pool, settings={"worker_prefetch_multiplier": 4}, lease_s=60)
    for number in range(400):
        client.send_task(f"{TASK}.work", [str(ledger), str(number), 0.005])

    def has_ended() -> bool:
        redis.client_kill_filter(_type="normal", skipme=True)
        before = ledger.count("end")
        wait_until(lambda: ledger.count("end") > before or server.is_clean(), 20, "one more")
        return ledger.count("end") >= 400

    wait_until(has_ended, 55, "the end of all")

    wait_until(server.is_clean, 20, "a clean server")
    assert {label: runs for label, runs in ledger.runs().items() if runs != 1} == {}


def test_a_refusal_on_the_first_connection_ends_no_worker(client: Celery, start: StartWorker) -> None:
    worker = start(refusal="WRONGTYPE of a key that nothing expects")
    worker.wait_for_log("Connection to broker lost.*WRONGTYPE")
    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3


@pytest.mark.parametrize(("pool", "runs"), [("prefork", 2), ("threads", 1)])
def test_cancelled_tasks_of_a_lost_connection_run_again(
    pool: str, runs: int, server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """`worker_cancel_long_running_tasks_on_connection_loss`; threads cannot be stopped, and their tasks go on."""
    settings = {"worker_cancel_long_running_tasks_on_connection_loss": True}
    worker = start(pool=pool, settings=settings, lease_s=60)
    results = [client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)]) for label in "ab"]
    early = client.send_task(f"{TASK}.add", [1, 2])
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")

    server.restart()
    worker.wait_for_log("Connection to broker lost")
    wait_until(lambda: ledger.runs() == {"a": runs, "b": runs}, 25, "as many runs")
    gate.touch()

    wait_until(lambda: all(stored(client, each) == "SUCCESS" for each in (*results, early)), 20, "the results")
    assert [result.get(timeout=20) for result in (*results, early)] == ["a", "b", 3]
    wait_until(server.is_clean, 20, "a clean server")
    assert ledger.runs() == {"a": runs, "b": runs}
    assert ledger.count("end") == 2
    assert server.dead() == []


def test_messages_of_a_lost_reply_run_once_and_soon(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    proxy = Proxy(server.port)
    start(url=proxy.url, lease_s=60)
    proxy.cut_after(_DIGESTS["take"].encode())
    wait_until(lambda: proxy.cuts == 1, what="a lost answer")

    for round_ in range(3):
        proxy.cut_after(_DIGESTS["take"].encode())
        client.send_task(f"{TASK}.work", [str(ledger), str(round_), 0]).get(timeout=25)

    wait_until(server.is_clean, what="a clean server")
    assert ledger.runs() == {"0": 1, "1": 1, "2": 1}
    proxy.close()


@pytest.mark.parametrize("seconds", [1.0, 6.0], ids=["shorter than the timeout", "longer"])
def test_a_hung_server_ends_no_worker_and_repeats_no_task(
    seconds: float, server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    worker = start(settings={"broker_transport_options": {"socket_timeout": 2}}, lease_s=4)
    for label in "ab":
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")

    server.signal(signal.SIGSTOP)
    stopped = time.monotonic()
    gate.touch()
    wait_until(lambda: ledger.count("end") == 2 and time.monotonic() - stopped > seconds, 20)
    server.signal(signal.SIGCONT)

    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=25) == 3
    wait_until(server.is_clean, 25, "a clean server")
    assert ledger.runs() == {"a": 1, "b": 1}
    assert worker.exit_code is None


def test_a_server_that_has_forgotten_the_scripts_gets_them_again(
    redis: Redis, client: Celery, server: Server, start: StartWorker
) -> None:
    start()
    for _ in range(3):
        redis.script_flush()
        assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
    wait_until(server.is_clean, what="a clean server")


def test_on_a_full_server_leases_are_renewed(
    server: Server, redis: Redis, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start(lease_s=2)
    result = client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")
    [tag] = redis.hkeys("unacked")
    before = float(redis.zscore("celery.leases", tag) or 0)
    redis.config_set("maxmemory", "1mb")
    wait_until(lambda: float(redis.zscore("celery.leases", tag) or 0) > before + 2000, 20, "renewals")

    redis.config_set("maxmemory", "0")
    gate.touch()

    assert result.get(timeout=25) == "a"
    wait_until(server.is_clean, 20, "a clean server")
    assert ledger.runs() == {"a": 1}


def test_a_key_of_another_type_is_reported_and_waited_out(redis: Redis, client: Celery, start: StartWorker) -> None:
    worker = start()
    redis.hset("jobs", "not", "a list")
    worker.wait_for_log("The server refuses to (deliver|wait for) messages.*WRONGTYPE")

    redis.delete("jobs")

    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
    assert worker.log.count("Unrecoverable error") == 0


def test_a_refused_health_check_ends_no_worker(
    server: Server, redis: Redis, client: Celery, start: StartWorker
) -> None:
    acl: Any = redis.execute_command
    acl("ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all")
    worker = start(url=server.url.replace("//", "//app:secret@"))
    acl("ACL", "SETUSER", "app", "-ping")

    wait_until(lambda: redis.info("errorstats").get("errorstat_NOPERM", {}).get("count", 0) > 1, 20, "refusals")

    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
    assert worker.exit_code is None
    assert "Unrecoverable" not in worker.log


def test_a_server_that_became_a_replica_is_left_for_the_new_one(
    redis: Redis, client: Celery, start: StartWorker
) -> None:
    worker = start()
    redis.replicaof("127.0.0.1", "1")
    worker.wait_for_log("Connection to broker lost|READONLY")

    redis.replicaof("NO", "ONE")

    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=25) == 3
    assert worker.exit_code is None


@pytest.mark.parametrize(
    ("setting", "value", "reason"), [("maxmemory-policy", "allkeys-lru", "may evict unacknowledged tasks")]
)
def test_a_server_that_would_lose_messages_is_refused(
    setting: str, value: str, reason: str, redis: Redis, start: StartWorker
) -> None:
    redis.config_set(setting, value)

    worker = start(wait=False)

    assert worker.wait(25) != 0
    assert reason in worker.log
    assert "Traceback" not in worker.log


def test_a_wrong_option_ends_the_worker_with_its_name(start: StartWorker) -> None:
    worker = start(wait=False, lease_s=0)

    assert worker.wait(25) != 0
    assert "broker_transport_options['lease_s'] is 0: expected a number of seconds" in worker.log


def test_an_acknowledgement_that_the_server_did_not_get_is_repeated(
    server: Server, start: StartWorker, ledger: Ledger
) -> None:
    proxy = Proxy(server.port)
    # Results are stored by the same script, and go another way.
    start(url=proxy.url, settings={"result_backend": server.url}, lease_s=60)
    client = client_app(server.url)
    for round_ in range(3):
        proxy.cut_after(_DIGESTS["settle"].encode())
        client.send_task(f"{TASK}.work", [str(ledger), str(round_), 0]).get(timeout=25)
        wait_until(lambda: proxy.cuts == round_ + 1, what="a lost answer")  # noqa: B023 - called at once

    wait_until(server.is_clean, 20, "a clean server")
    assert ledger.runs() == {"0": 1, "1": 1, "2": 1}
    proxy.close()


def test_an_unanswered_command_explains_missed_heartbeats(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The event loop that waited for the answer has read none; another thread reports the outage."""
    silence = Silence()
    monkeypatch.setattr("celery_reliable.reconnecting.SILENCE", silence)
    gossip = logging.getLogger("celery.worker.consumer.gossip")
    _Replaced(Outage(gossip, "The broker")).attach()
    caplog.set_level(logging.INFO)

    gossip.info("missed heartbeat from %s", "before")
    silence.note()
    gossip.info("missed heartbeat from %s", "meanwhile")

    assert caplog.messages == ["missed heartbeat from before"]
