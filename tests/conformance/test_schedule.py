"""A countdown and an eta delay a task, an expiry and a time limit end it."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from celery.exceptions import TimeLimitExceeded

from .ledger import Ledger
from .workers import Target

DELAY_S = 1.0
LATE_S = 1.5


def test_a_countdown_delays_the_start(target: Target, ledger: Ledger) -> None:
    sent = time.time()
    target.call("work.record", (ledger.path, "a"), countdown=DELAY_S)
    [start] = ledger.entries("start")
    assert sent + DELAY_S <= start.time < sent + DELAY_S + LATE_S


def test_an_eta_is_the_earliest_start_in_any_zone(target: Target, ledger: Ledger) -> None:
    eta = datetime.now(timezone(timedelta(hours=-8))) + timedelta(seconds=DELAY_S)
    target.call("work.record", (ledger.path, "a"), eta=eta)
    [start] = ledger.entries("start")
    assert eta.timestamp() <= start.time < eta.timestamp() + LATE_S


def test_an_eta_in_the_past_does_not_delay(target: Target) -> None:
    eta = datetime.now(UTC) - timedelta(hours=1)
    assert target.call("basic.add", (1, 2), eta=eta) == 3


def test_a_task_that_waits_for_its_eta_lets_others_pass(target: Target, ledger: Ledger) -> None:
    later = target.send("work.record", (ledger.path, "later"), countdown=DELAY_S)
    target.call("work.record", (ledger.path, "now"))
    later.get(timeout=30)
    assert ledger.labels("start") == ["now", "later"]


def test_a_task_that_is_taken_before_it_expires_runs(target: Target) -> None:
    assert target.call("basic.add", (1, 2), expires=60) == 3


def test_a_task_whose_eta_is_after_its_expiry_does_not_run(target: Target, ledger: Ledger) -> None:
    result = target.send("work.record", (ledger.path, "a"), countdown=1.5, expires=0.5)
    result.get(timeout=30, propagate=False)
    assert str(result.state) == "REVOKED"
    assert ledger.entries() == []


def test_a_task_over_its_hard_time_limit_fails(target: Target, ledger: Ledger) -> None:
    with pytest.raises(TimeLimitExceeded) as caught:
        target.call("work.record", (ledger.path, "long", 60), time_limit=1)
    assert caught.value.args == (1,)
    assert ledger.entries("end") == []
    assert target.call("basic.add", (1, 2)) == 3


def test_a_task_within_its_time_limits_is_left_alone(target: Target, ledger: Ledger) -> None:
    args = (ledger.path, "short", 0.2)
    assert target.call("work.record", args, time_limit=30, soft_time_limit=20) == "short"
