"""Taking ahead: only while tasks are short, and never for long."""

from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from conftest import Clock, Ledger, Server, StartWorker

import celery_reliable
from celery_reliable.ahead import AHEAD_S, MOST, OVERDUE_S, Ahead
from celery_reliable.taking import Delivery
from tests.support.waiting import wait_until

WINDOW = 2


def deliveries(count: int) -> list[Delivery]:
    return [Delivery(number, "q", 0, b"") for number in range(count)]


@pytest.mark.parametrize(
    ("taken", "elapsed_s", "room"),
    [(2, 10, 0), (2, 0.1, 0), (2, 0.002, 20), (20, AHEAD_S, 20), (1000, 0.001, MOST)],
)
def test_short_tasks_make_room(clock: Clock, taken: int, elapsed_s: float, room: int) -> None:
    waiting = Ahead()
    waiting.put([], taken=taken, asked=taken)
    clock.now += elapsed_s

    assert waiting.room() == pytest.approx(room, abs=1)


def test_an_emptied_queue_makes_no_room(clock: Clock) -> None:
    waiting = Ahead()
    waiting.put([], taken=1, asked=2)
    clock.now += 0.001

    assert waiting.room() == 0


def test_the_oldest_come_first() -> None:
    waiting = Ahead()
    waiting.put(deliveries(5), taken=7, asked=7)

    assert [delivery.number for delivery in waiting.pop(2) + waiting.pop(9)] == [0, 1, 2, 3, 4]


def test_what_waits_too_long_is_given_up(clock: Clock) -> None:
    waiting = Ahead()
    waiting.put(deliveries(2), taken=4, asked=4)

    assert waiting.clear(overdue=True) == []
    clock.now += OVERDUE_S
    assert len(waiting.clear(overdue=True)) == 2
    assert waiting.pop(9) == []


def test_a_long_task_keeps_no_short_ones_waiting(
    server: Server, start: StartWorker, client: Celery, ledger: Ledger, gate: Path
) -> None:
    for n in range(300):
        client.send_task("worker_app.work", (str(ledger), f"short{n}", 0))
    for n in range(20):
        client.send_task("worker_app.hold", (str(ledger), f"long{n}", str(gate)))

    start(pool="prefork", concurrency=WINDOW, lease_s=30)

    wait_until(lambda: ledger.count("begin") >= 300 + WINDOW, 60, "all short tasks and two long ones")
    wait_until(lambda: server.held() == WINDOW, 30, "messages taken ahead to be back in their queue")
    gate.touch()
    wait_until(lambda: server.held() == 0 and ledger.count("begin") == 320, 60, "the end of all tasks")


def test_the_last_messages_taken_ahead_are_asked_for_too(
    server: Server, client: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The take that brings them finds fewer than it asked for."""
    for n in range(4):
        client.send_task("worker_app.add", (n, n))
    monkeypatch.setattr(Ahead, "room", lambda _self: 5)
    app = Celery("taking", broker=server.url)
    celery_reliable.install(app)
    with app.connection_for_read() as connection:
        leases: Any = connection.default_channel.leases
        taken, more = [], []
        for _ in range(4):
            taken.append(len(leases.take(["jobs"], 1, ahead=True)))
            more.append(leases.may_have_more)
        leases.requeue(leases.held(), "next")

    assert (taken, more[:3]) == ([1, 1, 1, 1], [True, True, True])
