"""Commands that are refused for what they would do to the worker."""

import resource
import signal
from types import SimpleNamespace
from typing import Any

import pytest
from celery.concurrency.prefork import TaskPool

from celery_reliable.control_arguments import check_arguments
from celery_reliable.control_refusals import MOST_SLOTS, refusal_of
from celery_reliable.fanout import MalformedBroadcastError
from celery_reliable.remote_control import _check_command


def _worker(size: int = 2, autoscaler: object = None) -> Any:
    controller = SimpleNamespace(autoscaler=autoscaler)
    pool = TaskPool(size)
    pool._pool = SimpleNamespace(_processes=size)
    return SimpleNamespace(consumer=SimpleNamespace(pool=pool, controller=controller))


@pytest.mark.parametrize("rate", ["-5/s", "-1", "nan/s", "inf", "-inf/h"])
def test_a_rate_that_is_no_rate_is_refused_as_celery_refuses_a_word(rate: str) -> None:
    number = rate.partition("/")[0]
    expected = f"Invalid rate limit string: ValueError(\"could not convert string to float: '{number}'\")"

    assert refusal_of("rate_limit", {"rate_limit": rate}, _worker()) == expected


@pytest.mark.parametrize("rate", ["5/s", "0.5/m", "0", "", 5, 0, None, "often"])
def test_other_rates_are_left_to_celery(rate: Any) -> None:
    assert refusal_of("rate_limit", {"rate_limit": rate}, _worker()) is None


@pytest.mark.parametrize("command", ["pool_grow", "autoscale"])
def test_a_pool_grows_no_further_than_the_open_files_allow(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusal(size: int) -> str | None:
        arguments = {"n": size - 2} if command == "pool_grow" else {"max": size}
        return refusal_of(command, arguments, _worker())

    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert (refusal(MOST_SLOTS), refusal(MOST_SLOTS + 1)) == (None, "the pool may have at most 1000 slots")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (50, 50))
    assert (refusal(2), refusal(3)) == (None, "the pool may have at most 2 slots")


@pytest.mark.parametrize(
    ("command", "arguments", "refusal"),
    [
        ("pool_shrink", {"n": 1}, None),
        ("pool_shrink", {"n": 2}, "the pool must have at least 1 slot"),
        ("pool_shrink", {"n": 1_000}, "the pool must have at least 1 slot"),
        ("autoscale", {"max": 0}, "the pool must have at least 1 slot"),
        ("autoscale", {"max": 3, "min": 1_000}, "min, 1000, is larger than max, 3"),
        ("autoscale", {"min": 1_000}, "min, 1000, is larger than max, 2"),
        ("autoscale", {"max": 2, "min": 2}, None),
        ("autoscale", {"max": 2, "min": 0}, None),
        ("autoscale", {"min": 2}, None),
    ],
)
def test_a_pool_keeps_a_slot_and_its_range(command: str, arguments: dict[str, int], refusal: str | None) -> None:
    scaled = SimpleNamespace(max_concurrency=2) if command == "autoscale" else None

    assert refusal_of(command, arguments, _worker(autoscaler=scaled)) == refusal


@pytest.mark.parametrize("command", ["revoke", "terminate", "revoke_by_stamped_headers"])
def test_only_signals_that_end_a_task_are_sent(command: str) -> None:
    for name in ("TERM", "KILL", "INT", "QUIT", "HUP", "USR1", "USR2", "ABRT"):
        number = int(getattr(signal, f"SIG{name}"))
        for given in (name, f"SIG{name}", number, None, ""):
            check_arguments(command, {"signal": given})

    refused: tuple[Any, ...] = (
        "STOP",
        "SIGSTOP",
        signal.SIGSTOP,
        "CHLD",
        "URG",
        "WINCH",
        "TSTP",
        "CONT",
        "term",
        0,
        -9,
        True,
        9.0,
        [9],
        {},
    )
    for wrong in refused:
        with pytest.raises(TypeError, match="argument 'signal' must be one of TERM, KILL"):
            check_arguments(command, {"signal": wrong})


def test_a_pool_without_processes_needs_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (50, 50))
    worker = _worker()
    worker.consumer.pool = SimpleNamespace(num_processes=2)

    assert refusal_of("pool_grow", {"n": 998}, worker) is None


def test_growing_beside_an_autoscaler_is_left_to_celery() -> None:
    assert refusal_of("pool_grow", {"n": 1_000}, _worker(autoscaler=object())) is None


@pytest.mark.parametrize("body", [{"method": "\x7f" * 256}, {"method": "stats", "ticket": "t" * 2_049}])
def test_a_command_with_a_long_name_or_ticket_is_ignored(body: dict[str, Any]) -> None:
    with pytest.raises(MalformedBroadcastError, match="is longer than"):
        _check_command(body)


def test_an_unknown_argument_is_shown_in_part() -> None:
    with pytest.raises(TypeError, match=r"^report\(\) got an unexpected keyword argument 'x{200}\.\.\.'$"):
        check_arguments("report", {"x" * 3_000: 1})


def test_a_rate_is_short() -> None:
    with pytest.raises(TypeError, match=r"argument 'rate_limit' must be a number"):
        check_arguments("rate_limit", {"task_name": "t", "rate_limit": "9" * 256})
