"""Stored results as they are in the database."""

import json
import re
from typing import Any

from redis import Redis

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")


def stored_meta(redis: Redis, task_id: str) -> dict[str, Any]:
    """The meta of a task, its keys in the order in which they were written."""
    text = redis.get(f"celery-task-meta-{task_id}")
    assert isinstance(text, str), f"no result is stored for {task_id}"
    meta: dict[str, Any] = json.loads(text)
    assert meta["task_id"] == task_id
    return meta


def without_circumstances(meta: dict[str, Any]) -> dict[str, Any]:
    """Return the meta with ids, dates and tracebacks replaced by their kind, as they differ in each run."""
    assert meta["date_done"] is None or DATE.fullmatch(meta["date_done"])
    replaced: dict[str, Any] = {
        "task_id": "an id",
        "date_done": type(meta["date_done"]).__name__,
        "traceback": type(meta["traceback"]).__name__,
    }
    if "children" in meta:
        replaced["children"] = [_without_id(child) for child in meta["children"]]
    return meta | replaced


def _without_id(child: Any) -> Any:
    match child:
        case [[str(), None], None]:
            return [["an id", None], None]
        case _:
            return child
