"""Revoking: ids count at once, their states do not keep the loop, and what is remembered has a limit."""

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery.worker import state as worker_state

from celery_reliable import revoking
from celery_reliable.request import Request
from celery_reliable.revoked_stamps import Stamps, bound_revoked_stamps
from celery_reliable.revoked_states import RevokedStates
from tests.support.waiting import wait_until


class Backend:
    """Stores states, once the gate is open."""

    def __init__(self, *, is_silent: bool = False, state: str = "PENDING") -> None:
        self.gate = threading.Event()
        self.stored: list[str] = []
        self.state = state
        if not is_silent:
            self.gate.set()

    def get_state(self, _task_id: str) -> str:
        self.gate.wait()
        return self.state

    def mark_as_revoked(self, task_id: str, **_: Any) -> None:
        self.stored.append(task_id)


@pytest.fixture(autouse=True)
def clean_state() -> Iterator[None]:
    yield
    worker_state.revoked.clear()
    worker_state.revoked_stamps.clear()


def _worker(backend: Backend) -> Any:
    return SimpleNamespace(app=SimpleNamespace(backend=backend), consumer=SimpleNamespace(pool=None))


def test_revoked_states_are_stored_when_the_command_is_answered() -> None:
    backend = Backend()

    answer = revoking.revoke(_worker(backend), ["a", "b", "a"])

    assert answer["ok"] in ("tasks {'a', 'b'} flagged as revoked", "tasks {'b', 'a'} flagged as revoked")
    assert backend.stored == ["a", "b"]


@pytest.mark.parametrize("state", ["STARTED", "SUCCESS"])
def test_the_state_of_a_task_that_another_worker_has_stays(state: str) -> None:
    backend = Backend(state=state)

    revoking.revoke(_worker(backend), "a")

    assert "a" in worker_state.revoked
    assert backend.stored == []


def test_a_silent_backend_does_not_keep_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    backend, ids = Backend(is_silent=True), [f"id-{i}" for i in range(10_000)]
    monkeypatch.setattr(revoking, "_states", RevokedStates())
    began = time.monotonic()

    revoking.revoke(_worker(backend), ids)
    for i in range(100):
        revoking.revoke(_worker(backend), f"more-{i}")

    assert time.monotonic() - began < 5
    assert all(id_ in worker_state.revoked for id_ in (*ids, "more-99"))
    backend.gate.set()
    wait_until(lambda: len(backend.stored) == 10_100, what="the states")


def test_states_that_wait_have_a_limit() -> None:
    backend, states = Backend(is_silent=True), RevokedStates(most=10)

    states.store([(str(i), backend) for i in range(100)])

    backend.gate.set()
    wait_until(lambda: len(backend.stored) == 10, what="the states")


def test_stamps_are_kept_once_and_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_state, "REVOKES_MAX", 4)
    for header, stamps in (("a", [1, 2, 1]), ("b", [3, 4, 4]), ("c", [5]), ("b", [3])):
        revoking.revoke_by_stamped_headers(_worker(Backend()), {header: stamps})

    assert worker_state.revoked_stamps == {"a": [2], "c": [5], "b": [3, 4]}


def test_stamps_of_any_type_are_found() -> None:
    given: list[Any] = [1, "a", None, [1, 2], {"a": 1}]
    others: list[Any] = [2, "b", [1], {}]
    stamps = Stamps(given)

    assert all(stamp in stamps for stamp in given)
    assert not any(stamp in stamps for stamp in others)


def test_many_stamps_are_compared_in_linear_time() -> None:
    request: Any = Request.__new__(Request)
    names = [f"h{i}" for i in range(1_000)]
    request.id, request._already_revoked = "a", False
    request._request_dict = {"stamped_headers": names, "stamps": {name: [*range(1_000)] for name in names}}
    request._expires = None
    request._channel, request._message = None, SimpleNamespace(delivery_tag="")
    worker_state.revoked_stamps.update({name: [-i for i in range(1, 51)] for name in names})
    bound_revoked_stamps(names)
    began = time.process_time()

    assert not request.revoked()

    assert time.process_time() - began < 2
