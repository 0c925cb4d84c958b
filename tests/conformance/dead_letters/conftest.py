"""Fixtures: both tools, and a server that is empty before each test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis

from tests.conformance.broker import STEPS, waiting
from tests.conformance.dead_letters.tool import Tool, emptied_server, put, tool_of_kind, tools_on  # noqa: F401
from tests.conformance.workers import Kind, Target
from tests.support.valkey import ValkeyServer

Bury = Callable[..., str]


@pytest.fixture(scope="module")
def tools(module_valkey: ValkeyServer) -> Iterator[dict[Kind, Tool]]:
    """Both of them."""
    yield from tools_on(module_valkey.url)


@pytest.fixture
def bury(redis: Redis, queue: Target) -> Bury:
    """`bury(id, ...)` puts a task among the dead letters of its queue, and returns its message."""

    def bury(
        task_id: str,
        *,
        queue_name: str = "jobs",
        task: str = "basic.add",
        reason: str = "rejected",
        hours: float = 3,
        priority: int = 0,
    ) -> str:
        # Sent by a client, so that it is a real message, and taken from its list before a worker runs it.
        options: dict[str, Any] = {"queue": queue_name, "task_id": task_id, "priority": priority}
        queue.send(task, (1, 2), **options)
        [raw] = waiting(redis, queue_name)
        redis.delete(*(queue_name + step for step in STEPS))
        put(redis, raw, queue_name=queue_name, reason=reason, hours=hours)
        return raw

    return bury
