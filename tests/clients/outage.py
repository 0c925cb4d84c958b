"""Sends a task and reads a result for each line that it gets: prints whether each worked, or its error."""

import asyncio
import importlib
import sys
import time
from collections.abc import Callable
from typing import Any

WITHIN_S = 5
url, package, task_id = sys.argv[1:]
client: Any = importlib.import_module(package)
flow: Any = client.connect(url).js.flow
double, total = flow.double, flow.total


async def awaited() -> Any:
    return await double.job(task_id)


def outcome(call: Callable[[], object]) -> str:
    since = time.monotonic()
    try:
        call()
    except Exception as error:  # the test looks at it
        return f"{type(error).__name__}{'' if time.monotonic() - since < WITHIN_S else ' too late'}"
    return "done"


for _line in sys.stdin:
    calls = (
        lambda: double.delay(1),
        lambda: client.chord([double.s(1), double.s(2)], total.s()).delay(),
        lambda: double.job("another").revoke(),
        lambda: double.job(task_id).get(timeout=20),
        lambda: asyncio.run(awaited()),
    )
    print(*map(outcome, calls), flush=True)
