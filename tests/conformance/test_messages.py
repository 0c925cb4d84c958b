"""What travels with a task reaches it, from messages of either protocol."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.valkey import ValkeyServer

from .workers import Kind, Target, client_for, close_client

ETA = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)

# What differs between two sendings, or names the worker or the queue.
CIRCUMSTANCES = {
    "id",
    "root_id",
    "correlation_id",
    "origin",
    "reply_to",
    "hostname",
    "properties",
    "delivery_info",
}


@pytest.fixture
def protocol_1(both: dict[Kind, Target], kind: Kind, shared_valkey: ValkeyServer) -> Iterator[Target]:
    client = client_for(shared_valkey.url, task_protocol=1)
    yield Target(client, both[kind].queue)
    close_client(client)


def test_a_task_of_protocol_1_is_run(protocol_1: Target) -> None:
    assert protocol_1.call("basic.greet", ("Ada",), {"greeting": "Hi"}) == "Hi, Ada!"


def test_a_task_of_protocol_1_is_retried(protocol_1: Target) -> None:
    assert protocol_1.call("retries.retry_until", (1,)) == 1


def test_the_senders_headers_reach_the_task(target: Target) -> None:
    headers = {"x-tenant": "acme", "x-trace": {"id": 7}}
    assert target.call("context.show", (1,), headers=headers)["headers"] == headers


@pytest.mark.parametrize("compression", ["gzip", "zlib"])
def test_a_compressed_message_is_run_and_retried(target: Target, compression: str) -> None:
    text = "Grüße " * 1000
    assert target.call("basic.echo", (text,), compression=compression) == text
    assert target.call("context.show_after_retry", compression=compression)["retries"] == 1


def test_headers_outlive_a_retry(target: Target) -> None:
    result = target.call("context.show_after_retry", headers={"x-tenant": "acme"})
    assert result["headers"] == {"x-tenant": "acme"}
    assert result["retries"] == 1


OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "keyword arguments": {"kwargs": {"y": {"z": [1, None]}}},
    "priority": {"priority": 6},
    "moments": {"eta": ETA, "expires": datetime.now(UTC) + timedelta(hours=1)},
    "workflow": {"root_id": "r", "parent_id": "p", "group_id": "g", "group_index": 3},
    "limits and shadow": {"time_limit": 60, "soft_time_limit": 50, "shadow": "another.name"},
    "ignored": {"ignore_result": False, "retries": 2, "headers": {"x-a": "1"}},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_both_workers_show_a_task_the_same_request(both: dict[Kind, Target], name: str) -> None:
    seen = {kind: _request(target, name) for kind, target in both.items()}
    assert seen[Kind.NODE] == seen[Kind.PYTHON]


def _request(target: Target, name: str) -> dict[str, Any]:
    options = dict(OPTIONS[name])
    result = target.send("context.show", (1,), options.pop("kwargs", None), **options)
    request: dict[str, Any] = result.get(timeout=30)
    assert request["id"] == request["correlation_id"] == result.id
    assert request["root_id"] == options.get("root_id", result.id)
    assert request["delivery_info"]["routing_key"] == target.queue
    assert "@" in request["hostname"]
    ours = {field: value for field, value in request.items() if field not in CIRCUMSTANCES}
    delivery = {"delivery_info": {**request["delivery_info"], "routing_key": "the queue"}}
    return ours | delivery | {"properties": sorted(request["properties"])}
