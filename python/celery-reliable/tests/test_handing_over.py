"""A result that travels with the pool's answer is stored with the acknowledgement, unless something looks for it."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery, chain
from celery.app.task import Context
from conftest import Ledger, Server, StartWorker
from redis import Redis

import celery_reliable
from celery_reliable import handing_over
from celery_reliable.handing_over import (
    HandingPool,
    hand_over,
    is_handed_over,
    keeps_results,
    sends_task_events,
    take_out,
)
from tests.support.waiting import wait_until

TASK = "worker_app"
POOLS = ("prefork", "threads", "solo")


class InlinePool:
    """A pool that runs what it gets at once."""

    def apply_async(self, target: Any, args: tuple[Any, ...], **_options: Any) -> Any:
        return target(*args)


class Plain:
    """A task without its own handlers."""


def answer_of(text: bytes, **request: Any) -> tuple[Any, Any]:
    """The pool's answer of a task that stores this text, and whether it was handed over."""
    is_handed = []

    def trace(_name: str, task_id: str) -> tuple[int, str, float]:
        with hand_over(task_id, Plain(), Context(request)):
            is_handed.append(is_handed_over(f"results-{task_id}", text, 60))
        return 0, "3", 0.1

    return HandingPool(InlinePool()).apply_async(trace, ("a", "1")), is_handed[0]


def test_a_result_travels_with_the_answer() -> None:
    answer, is_handed = answer_of(b"{}")

    assert is_handed
    assert take_out(answer) == ((0, "3", 0.1), handing_over.Handed("a", "results-", b"{}", 60))


@pytest.mark.parametrize("request_", [{"chord": {}}, {"chord": {"a": 1}}, {"callbacks": [1]}, {"chain": [1]}])
def test_a_result_that_is_looked_for_does_not(request_: dict[str, Any]) -> None:
    answer, is_handed = answer_of(b"{}", **request_)

    assert is_handed is (request_ == {"chord": {}})
    assert take_out(answer)[0] == (0, "3", 0.1)


def test_a_large_result_does_not() -> None:
    assert answer_of(b"x" * (handing_over.MAX_LENGTH + 1))[1] is False


def test_outside_of_a_pool_nothing_is_handed_over() -> None:
    with hand_over("1", Plain(), Context({})):
        assert not is_handed_over("results-1", b"{}", 60)


@pytest.mark.parametrize(
    ("is_enabled", "groups", "tells"),
    [(True, set(), True), (True, {"worker", "task"}, True), (True, {"worker"}, False), (False, set(), False)],
)
def test_events_of_the_worker_itself_tell_nothing_of_tasks(is_enabled: bool, groups: set[str], tells: bool) -> None:
    assert sends_task_events(SimpleNamespace(enabled=is_enabled, groups=groups)) is tells


@pytest.mark.parametrize("pool", POOLS)
def test_results_and_acknowledgements_take_one_step(
    redis: Redis, start: StartWorker, client: Celery, pool: str
) -> None:
    start(pool=pool, concurrency=1, arguments=())
    assert client.send_task(f"{TASK}.add", (1, 1)).get(timeout=30) == 2
    redis.config_resetstat()

    results = [client.send_task(f"{TASK}.add", (n, 1)) for n in range(50)]

    assert [result.get(timeout=20) for result in results] == list(range(1, 51))
    wait_until(lambda: not redis.hlen("unacked"), 30, "all acknowledgements")
    calls: dict[str, Any] = redis.info("commandstats")
    # Per task at most: two of the client, one that takes, and one that settles.
    assert calls["cmdstat_evalsha"]["calls"] <= 2 * 50 + 30
    assert calls["cmdstat_publish"]["calls"] < 50 + 30


@pytest.mark.parametrize("pool", POOLS)
def test_workflows_have_all_their_results(server: Server, start: StartWorker, client: Celery, pool: str) -> None:
    start(pool=pool, concurrency=2)
    add = client.signature(f"{TASK}.add")
    steps = chain(add.clone((1, 1)), add.clone((2,)), add.clone((3,)))

    last = steps.apply_async()

    assert last.get(timeout=20) == 7
    parent: Any = last.parent
    assert parent.get(timeout=30) == 4  # Celery sends the next task before it stores a result
    wait_until(lambda: server.held() == 0, 30, "all acknowledgements")


def test_a_result_that_is_refused_for_good_is_a_dead_letter(
    redis: Redis, start: StartWorker, client: Celery, ledger: Ledger
) -> None:
    start(pool="prefork", concurrency=1)
    redis.rpush("celery-task-meta-refused", "not a result")

    client.send_task(f"{TASK}.work", (str(ledger), "a", 0), task_id="refused")
    other = client.send_task(f"{TASK}.add", (1, 1))

    assert other.get(timeout=20) == 2
    wait_until(lambda: redis.llen("jobs.dead") == 1, 20, "a dead letter")
    assert ledger.count("begin") == 1


SENTINELS = "sentinel://one:26379/0;sentinel://two:26379/0"


@pytest.mark.parametrize(
    ("results", "name", "is_kept"),
    [(SENTINELS, "main", True), (SENTINELS.replace("/0", "/1"), "main", False), (SENTINELS, "other", False)],
)
def test_results_are_kept_on_the_primary_that_the_same_sentinels_name(results: str, name: str, is_kept: bool) -> None:
    app = Celery("sentinels", broker=SENTINELS, backend=results, set_as_current=False)
    app.conf.broker_transport_options = {"master_name": "main"}
    app.conf.result_backend_transport_options = {"master_name": name}
    celery_reliable.install(app)

    channel: Any = None  # its own settings name one of the sentinels, which is not enough
    assert keeps_results(app, channel) is is_kept
