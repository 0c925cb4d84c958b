"""Connections that end, carry rubbish, or lead to a server that is of no use: few lines, and no lost worker."""

import logging
import re
import signal
import time
from typing import Any

import pytest
from celery import Celery
from conftest import Server, StartWorker, settings_for
from kombu.asynchronous.hub import Hub
from kombu.exceptions import OperationalError
from proxy import Proxy
from redis import Redis

import celery_reliable
from celery_reliable.outage import REPEAT_S, STABLE_S, Outage
from tests.support.programs import Program
from tests.support.waiting import wait_until

ADD = "worker_app.add"
MINGLING = ("--without-gossip",)


def lines_since(worker: Program, before: str) -> list[str]:
    return [line for line in worker.log.removeprefix(before).splitlines() if " Task " not in line]


def test_idle_connections_that_the_server_closes_are_no_outage(
    redis: Redis, client: Celery, start: StartWorker
) -> None:
    worker = start(pool="solo", arguments=MINGLING, lease_s=60)
    before = worker.log
    redis.config_set("timeout", "1")
    started = time.monotonic()

    # Longer than any connection of the worker is used for anything else.
    wait_until(lambda: time.monotonic() - started > 8, 10, "eight seconds")

    assert client.send_task(ADD, [1, 2]).get(timeout=30) == 3
    assert lines_since(worker, before) == []


def test_a_closed_connection_leaves_the_event_loop(server: Server) -> None:
    with Celery("loop", set_as_current=False) as app:
        app.config_from_object(settings_for(server.url))
        celery_reliable.install(app)
        hub: Any = Hub()
        connection = app.connection_for_read()
        connection.transport.register_with_event_loop(connection.connection, hub)
        wake_up = connection.transport.cycle.wake_up
        next(hub.loop)

        connection.close()

        assert not hub.on_tick
        assert [end.fileno() for end in (wake_up._reader, wake_up._writer)] == [-1, -1]
        assert signal.set_wakeup_fd(-1) == -1
        hub.close()


def test_a_client_whose_idle_connections_are_closed_asks_again(redis: Redis, server: Server) -> None:
    with Celery("idle", broker=server.url, set_as_current=False) as app:
        celery_reliable.install(app)
        assert app.control.ping(timeout=0.2) == [], "there is no worker"
        redis.config_set("timeout", "1")
        wait_until(lambda: len(redis.client_list()) == 1, what="the end of the app's connections")

        assert app.control.ping(timeout=0.2) == []


def test_a_client_works_as_before(server: Server, redis: Redis, start: StartWorker) -> None:
    """And says in Celery's own words that the server is of no use for now."""
    start()
    with Celery("client", set_as_current=False) as app:
        app.config_from_object(settings_for(server.url, task_publish_retry_policy={"max_retries": 1}))
        celery_reliable.install(app)
        assert app.send_task(ADD, [1, 2]).get(timeout=20) == 3
        redis.replicaof("127.0.0.1", "1")
        for _ in range(5):
            with pytest.raises(OperationalError):
                app.send_task(ADD, [1, 2], ignore_result=True)

        redis.replicaof("NO", "ONE")

        assert app.send_task(ADD, [1, 2]).get(timeout=20) == 3
        wait_until(lambda: app.control.ping(timeout=0.5, limit=1), what="an answer")


def test_a_subscription_that_is_cut_once_is_two_lines_at_most(redis: Redis, client: Celery, start: StartWorker) -> None:
    worker = start(pool="solo", lease_s=60)
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")
    before = worker.log

    redis.client_kill_filter(_type="pubsub")

    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer on a new subscription")
    assert len(lines_since(worker, before)) <= 2


def test_a_replica_is_one_line_at_the_start_and_one_at_the_end(
    redis: Redis, client: Celery, start: StartWorker
) -> None:
    redis.config_set("appendonly", "no")
    worker = start(arguments=MINGLING, lease_s=60)
    before = worker.log
    assert before.count("keeps no append-only file") == 1
    redis.replicaof("127.0.0.1", "1")
    started = time.monotonic()
    worker.wait_for_log("Connection to broker lost.*(UNBLOCKED|read only replica)", 20)
    wait_until(lambda: time.monotonic() - started > 8, 10, "eight seconds")
    during = lines_since(worker, before)

    redis.replicaof("NO", "ONE")

    worker.wait_for_log(r"The broker is back after \d+\.\d s", 15)
    assert client.send_task(ADD, [1, 2]).get(timeout=20) == 3
    assert len(during) == 1, during
    assert len(lines_since(worker, before)) <= 5
    assert worker.log.count("keeps no append-only file") == 1, "said once"


def test_a_server_that_refuses_a_worker_at_its_start_ends_it(server: Server, redis: Redis, start: StartWorker) -> None:
    redis.acl_setuser("clerk", enabled=True, passwords=["+pw"], categories=["+@all"], commands=["-select"], keys="*")
    redis.config_set("requirepass", "secret")
    address = f"127.0.0.1:{server.port}"
    reasons = {
        f"redis://:secret@{address}/99": "DB index is out of range",
        f"redis://:wrong@{address}/0": "invalid username-password pair or user is disabled",
        f"redis://{address}/0": "Authentication required",
        f"redis://clerk:pw@{address}/1": "User clerk has no permissions to run the 'select' command",
    }

    workers = {url: start(url=url, wait=False, pool="solo") for url in reasons}

    for url, reason in reasons.items():
        assert workers[url].wait(25) == 1, url
        [line] = [line for line in workers[url].log.splitlines() if reason in line]
        assert re.search(r"redis://\S+ refuses the connection: ", line)
        assert "Trying again" not in workers[url].log
        assert "Traceback" not in workers[url].log


def test_a_worker_takes_the_next_server_when_one_refuses_it(server: Server, client: Celery, start: StartWorker) -> None:
    refusing = server.url.replace("/0", "/99")

    start(url=f"{refusing};{server.url}", settings={"result_backend": server.url}, pool="solo")

    assert client.send_task(ADD, [1, 2]).get(timeout=25) == 3


def test_a_refusal_that_passes_is_waited_out_at_the_start(redis: Redis, start: StartWorker) -> None:
    redis.config_set("maxclients", 1)

    worker = start(wait=False, pool="solo")
    worker.wait_for_log("Cannot connect to redis://.*max number of clients reached. Trying again", 25)
    redis.config_set("maxclients", 1000)

    worker.wait_for_log(r"ready\.", 25)


def test_a_refusal_after_the_start_is_an_outage(redis: Any, client: Celery, start: StartWorker) -> None:
    worker = start(pool="solo")
    redis.config_set("requirepass", "secret")
    redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    worker.wait_for_log("Connection to broker lost", 20)
    wait_until(lambda: "errorstat_NOAUTH" in redis.info("errorstats"), 20, "a refusal")

    redis.config_set("requirepass", "")

    assert client.send_task(ADD, [1, 2]).get(timeout=25) == 3
    assert worker.exit_code is None


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_one_corrupt_byte_on_each_connection_ends_nothing(
    pool: str, server: Server, client: Celery, start: StartWorker
) -> None:
    proxy = Proxy(server.port)
    worker = start(pool=pool, url=proxy.url, arguments=(), lease_s=60)

    for number in range(3):
        proxy.corrupt()
        assert client.send_task(ADD, [number, 2]).get(timeout=30) == number + 2

    wait_until(lambda: client.control.ping(timeout=1, limit=1), 20, "an answer")
    assert worker.exit_code is None
    assert "Unrecoverable" not in worker.log
    proxy.close()


@pytest.mark.parametrize("pool", ["prefork", "solo"])
def test_a_warm_stop_ends_while_the_server_is_silent(pool: str, server: Server, start: StartWorker) -> None:
    worker = start(pool=pool, arguments=(), lease_s=60)

    server.signal(signal.SIGSTOP)
    worker.signal(signal.SIGTERM)
    try:
        assert worker.wait(50) == 0
    finally:
        server.signal(signal.SIGCONT)


def test_an_outage_has_one_line_a_minute() -> None:
    outage, lines, clock = recorded()

    for second in range(150):
        clock[0] = second
        outage.failed("Cannot connect to it", ConnectionError("refused."))
    outage.over()

    assert lines == [
        "Cannot connect to it: refused. Trying again until it answers",
        f"It is away for {REPEAT_S:.0f} s: refused",
        f"It is away for {2 * REPEAT_S:.0f} s: refused",
        "It is back after 149.0 s",
    ]


def test_a_server_that_comes_and_goes_has_one_outage() -> None:
    outage, lines, clock = recorded()

    for second in range(30):
        clock[0] = second
        outage.failed("Lost it", "gone")
        outage.over()
    assert lines == ["Lost it: gone. Trying again until it answers", "It is back after 0.0 s"]

    clock[0] += STABLE_S
    outage.failed("Lost it", "gone")
    assert len(lines) == 3


def test_pauses_grow_to_a_few_seconds_and_differ() -> None:
    outage, _, _ = recorded()
    pauses = []
    for _ in range(20):
        outage.failed("Lost it", "gone")
        pauses.append(outage.pause_s())

    assert pauses[0] < 1 < max(pauses) <= 4
    assert len(set(pauses)) == len(pauses)


def recorded() -> tuple[Outage, list[str], list[float]]:
    """An outage, the lines it writes, and its clock."""
    lines: list[str] = []
    clock = [0.0]

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    logger = logging.Logger("recorded")
    logger.addHandler(Lines())
    return Outage(logger, "It", now=lambda: clock[0]), lines, clock
