"""What RabbitMQ's deliveries come to: killed workers, poison, blocked loops, cut connections, restarts."""

import json
import signal
from pathlib import Path

import pytest
from amqp.exceptions import NotFound
from celery.exceptions import WorkerLostError

from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client, dead
from tests.brokers.rabbitmq.node import Broker
from tests.brokers.rabbitmq.server import RabbitServer
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_of_a_killed_worker_run_elsewhere(fleet: Fleet, broker: Broker, kind: str) -> None:
    first = fleet.start(kind)
    with client(broker) as app:
        results = [app.send_task("tests.sleep", [1]) for _ in range(3)]
        first.wait_for_log(r"tests\.sleep\[.*received")

        first.kill()
        fleet.start(kind)

        assert [result.get(timeout=RESULT_WITHIN_S) for result in results] == [1, 1, 1]


@pytest.mark.parametrize(("kind", "most"), [("node", 5), ("python", 3)])
def test_a_task_that_kills_workers_becomes_a_dead_letter(
    fleet: Fleet, broker: Broker, kind: str, most: int, tmp_path: Path
) -> None:
    with client(broker) as app:
        result = app.send_task("tests.die")
        for _ in range(most):
            fleet.start(kind).wait()
        survivor = fleet.start(kind)

        with pytest.raises(WorkerLostError, match=f"{most} workers were lost"):
            result.get(timeout=RESULT_WITHIN_S)
        assert survivor.exit_code is None

    for tool in KINDS:
        [letter] = json.loads(dead(tool, broker, tmp_path, "list", "-Q", "jobs", "--json"))
        assert letter["id"] == result.id
        assert letter["reason"] == "WorkerLostError"
        assert letter["deliveries"] == most


@pytest.mark.parametrize("tool", KINDS)
def test_dead_letters_are_shown_put_back_and_deleted(
    fleet: Fleet, broker: Broker, tool: str, tmp_path: Path
) -> None:
    def run(command: str, *words: str) -> str:
        return dead(tool, broker, tmp_path, command, "-Q", "jobs", *words)

    fleet.node()
    with client(broker) as app:
        ids = [app.send_task("tests.unknown", [n]).id for n in range(3)]
        _wait_for_letters(broker, ids)

        shown = run("show", ids[1])
        assert "tests.unknown" in shown
        assert "NotRegistered" in shown
        run("purge", "--yes", ids[0])
        _wait_for_letters(broker, ids[1:])
        run("retry", ids[1])
        # It fails again, and is the newest.
        _wait_for_letters(broker, ids[1:])
        listed = run("list")
        assert ids[0] not in listed
        assert listed.index(ids[1]) < listed.index(ids[2])


def _wait_for_letters(broker: Broker, ids: list[str]) -> None:
    def are_there() -> bool:
        try:
            return broker.messages("jobs.dead") == len(ids)
        except NotFound:
            return False

    wait_until(are_there, 20, f"{len(ids)} dead letters")


def test_a_loop_blocked_beyond_the_lease_keeps_its_messages(fleet: Fleet, broker: Broker) -> None:
    busy = fleet.node(leaseS=2)
    with client(broker) as app:
        result = app.send_task("tests.block", [8])
        busy.wait_for_log(r"tests\.block\[.*received")
        fleet.node()  # has nothing to do, and would take it

        assert result.get(timeout=RESULT_WITHIN_S) == 8
        assert busy.log.count("received") == 1


def test_a_warm_stop_gives_back_what_has_not_started(fleet: Fleet, broker: Broker) -> None:
    first = fleet.node(workerConcurrency=2, workerPrefetchMultiplier=8)
    with client(broker) as app:
        results = [app.send_task("tests.sleep", [0.3]) for _ in range(20)]
        first.wait_for_log(r"tests\.sleep\[.*succeeded")

        first.signal(signal.SIGTERM)
        assert first.wait() == 0
        second = fleet.node()
        assert [result.get(timeout=RESULT_WITHIN_S) for result in results] == [0.3] * 20

    logs = first.log + second.log
    assert all(logs.count(f"tests.sleep[{result.id}] succeeded") == 1 for result in results)
    # A message that was only given back does not count as lost: it would run alone.
    assert broker.messages("jobs") == 0


def test_cut_connections_and_restarts_lose_nothing(
    own_fleet: Fleet, own_server: RabbitServer, own_broker: Broker
) -> None:
    with Proxy(own_server.port) as proxy, client(own_broker) as app:
        url = own_broker.url.replace(f":{own_server.port}/", f":{proxy.port}/")
        workers = [own_fleet.node(url=url), own_fleet.node(url=url)]
        results = [app.send_task("tests.sleep", [0.05]) for _ in range(100)]
        for _ in range(3):
            proxy.cut()
            results += [app.send_task("tests.sleep", [0.05]) for _ in range(50)]
        own_server.kill()
        own_server.start()

        assert [result.get(timeout=RESULT_WITHIN_S) for result in results] == [0.05] * len(results)
        assert all(worker.exit_code is None for worker in workers)
