"""A retried task is sent again as often and after the delays that it asks for."""

from itertools import pairwise
from typing import Any

import pytest
from celery.exceptions import MaxRetriesExceededError
from celery.result import AsyncResult
from redis import Redis

from tests.support.waiting import wait_until

from .ledger import Ledger
from .metas import stored_meta, without_circumstances
from .workers import Kind, Target


def test_a_retried_task_succeeds_and_knows_its_retries(target: Target) -> None:
    assert target.call("retries.retry_until", (2,)) == 2


def test_a_retried_task_is_in_state_retry_until_its_countdown_ends(target: Target) -> None:
    result = retrying(target)
    assert isinstance(result.info, ConnectionError)
    assert str(result.info) == "attempt 0"
    assert result.get(timeout=30) == 1


@pytest.mark.difference("The children of a task in state `RETRY`")
def test_both_workers_store_the_same_meta_for_a_retry(both: dict[Kind, Target], shared_redis: Redis) -> None:
    metas = {}
    for kind, target in both.items():
        metas[kind] = stored_meta(shared_redis, retrying(target).id)
    assert metas[Kind.PYTHON].pop("children") == [[[metas[Kind.PYTHON]["task_id"], None], None]]
    assert metas[Kind.NODE].pop("children") == []
    assert list(metas[Kind.NODE]) == list(metas[Kind.PYTHON])
    assert without_circumstances(metas[Kind.NODE]) == without_circumstances(metas[Kind.PYTHON])


def test_a_task_that_has_used_up_its_retries_fails(target: Target) -> None:
    result = target.send("retries.give_up", ("x",), task_id=f"give-up-{target.queue}")
    with pytest.raises(MaxRetriesExceededError) as caught:
        result.get(timeout=30)
    task = f"conformance.retries.give_up[give-up-{target.queue}]"
    assert str(caught.value) == f"Can't retry {task} args:('x',) kwargs:{{}}"


def test_a_task_without_retries_left_fails_with_its_own_error(target: Target) -> None:
    with pytest.raises(ConnectionError, match=r"^gone$"):
        target.call("retries.give_up_with", ("gone",))


def test_autoretry_waits_longer_by_backoff_and_covers_subclasses(target: Target, ledger: Ledger) -> None:
    assert target.call("retries.flaky", (ledger.path,)) == 2
    times = [entry.time for entry in ledger.entries("attempt")]
    assert ledger.labels("attempt") == ["0", "1", "2"]
    assert all(1 <= later - earlier < 10 for earlier, later in pairwise(times))


def test_autoretry_ends_with_the_error_itself(target: Target, ledger: Ledger) -> None:
    with pytest.raises(ConnectionError, match=r"^again$"):
        target.call("retries.unlucky", (ledger.path,))
    assert len(ledger.entries("attempt")) == 3


def test_an_error_that_dont_autoretry_for_names_is_not_retried(target: Target, ledger: Ledger) -> None:
    with pytest.raises(ConnectionRefusedError, match=r"^never$"):
        target.call("retries.hopeless", (ledger.path,))
    assert len(ledger.entries("attempt")) == 1


@pytest.mark.difference("The parent of a retried task")
def test_a_retried_task_is_its_own_parent_in_python_only(
    both: dict[Kind, Target], shared_redis: Redis
) -> None:
    metas = {}
    for kind, target in both.items():
        result = target.send("retries.retry_until", (1,))
        assert result.get(timeout=30) == 1
        metas[kind] = stored_meta(shared_redis, result.id)
    assert metas[Kind.PYTHON].pop("parent_id") == metas[Kind.PYTHON]["task_id"]
    assert list(metas[Kind.NODE]) == list(metas[Kind.PYTHON])
    assert without_circumstances(metas[Kind.NODE]) == without_circumstances(metas[Kind.PYTHON])


def retrying(target: Target) -> "AsyncResult[Any]":
    """The result of a task that waits for its first retry."""
    result = target.send("retries.retry_until", (1, 1))
    wait_until(lambda: result.state == "RETRY", 30, "state RETRY")
    return result
