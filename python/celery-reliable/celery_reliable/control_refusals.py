"""Refuses control commands whose arguments are of their kind, but harm the worker. The Node workers refuse the same."""

import math
import resource
from collections.abc import Mapping
from pathlib import Path

from celery.concurrency.prefork import TaskPool

from celery_reliable.types import Json, Passed

#: More slots than any machine has room for.
MOST_SLOTS = 1_000
# What a process of the pool takes of the worker's files, and what is left for connections and logs.
_FILES_OF_PROCESS = 6
_OTHER_FILES = 100


def refusal_of(command: str, arguments: Mapping[str, Json], state: Passed) -> str | None:
    """Return why a command is refused; None if it is not."""
    if command == "rate_limit":
        return _of_rate(arguments.get("rate_limit"))
    if command in ("pool_grow", "pool_shrink") and state.consumer.controller.autoscaler is None:
        pool, n = state.consumer.pool, arguments.get("n", 1)
        return _of_size(pool, pool.num_processes + (n if command == "pool_grow" else -n))
    return _of_range(arguments, state) if command == "autoscale" else None


def _of_rate(rate: Json) -> str | None:
    if not isinstance(rate, str) or not rate:
        return None
    number = rate.partition("/")[0]
    try:
        is_rate = 0 <= float(number) < math.inf  # false for nan
    except ValueError:
        return None  # Celery's own answer
    return None if is_rate else f"Invalid rate limit string: {_not_a_number(number)!r}"


def _not_a_number(text: str) -> ValueError:
    return ValueError(f"could not convert string to float: {text!r}")


def _of_range(arguments: Mapping[str, Json], state: Passed) -> str | None:
    least, most = arguments.get("min"), arguments.get("max")
    if most is None:
        most = getattr(state.consumer.controller.autoscaler, "max_concurrency", None)
    if most is not None and (refusal := _of_size(state.consumer.pool, most)) is not None:
        return refusal
    if least is not None and most is not None and least > most:
        return f"min, {least}, is larger than max, {most}"
    return None


def _of_size(pool: Passed, size: int) -> str | None:
    if size < 1:
        return "the pool must have at least 1 slot"
    most = min(MOST_SLOTS, _room_for_processes(pool)) if isinstance(pool, TaskPool) else MOST_SLOTS
    return f"the pool may have at most {most} slots" if size > most else None


def _room_for_processes(pool: Passed) -> int:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return MOST_SLOTS
    try:
        taken = len(list(Path("/proc/self/fd").iterdir()))
    except OSError:  # not on Linux
        taken = pool.num_processes * _FILES_OF_PROCESS
    return int(pool.num_processes + max(0, limit - taken - _OTHER_FILES) // _FILES_OF_PROCESS)
