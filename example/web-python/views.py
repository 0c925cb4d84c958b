"""How a job looks to the page: its record, and the last state of each of its tasks."""

import asyncio
import math
import uuid
from typing import Any

from store import Record

LANGUAGES = {"train": "python", "predict": "python", "report": "javascript", "mail": "javascript"}
STATES = {
    "PENDING": "waiting",
    "RETRY": "retrying",
    "SUCCESS": "done",
    "FAILURE": "failed",
    "REVOKED": "cancelled",
}
FINAL = {"done", "failed", "cancelled"}
PART_ROWS = 2500


class Watched:
    """A job whose tasks are followed: the last state of each."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.states: dict[str, Any] = {}
        self.retries = 0
        self.told: Record | None = None
        self.ready = asyncio.Event()
        self.following: asyncio.Task[None] | None = None


def camel_cased(value: Any) -> Any:
    """Return a value whose names are in camelCase, as JSON has them."""
    if isinstance(value, list):
        return [camel_cased(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {_camel(name): camel_cased(member) for name, member in value.items()}


def _camel(name: str) -> str:
    first, *words = name.split("_")
    return first + "".join(map(str.capitalize, words))


def new_step(name: str, given: Record) -> Record:
    """Return a step whose tasks have new ids."""
    parts = math.ceil(given["rows"] / PART_ROWS) if name == "predict" else 0
    return {"name": name, "taskId": str(uuid.uuid4()), "parts": [str(uuid.uuid4()) for _ in range(parts)]}


def ids_of(step: Record) -> list[str]:
    """Return the ids of a step's tasks; the one that ends the step is the last."""
    return [*step["parts"], step["taskId"]]


def _word(state: Any) -> str:
    return "waiting" if state is None else STATES.get(state.name, "running")


def is_final(state: Any) -> bool:
    """Tell whether a task has ended."""
    return _word(state) in FINAL


def view_of(watched: Watched) -> Record:
    """Return a job as the page gets it."""
    record, states = watched.record, watched.states
    given, kind = record["given"], record["kind"]
    steps = [_step_view(step, states) for step in record["steps"]]
    is_over = all(step["state"] == "done" for step in steps)
    place = next((i for i, step in enumerate(steps) if step["state"] != "done"), len(steps) - 1)
    current = steps[place]
    state = "running" if place and current["state"] == "waiting" else current["state"]
    if record.get("cancelled") and not is_over and current["state"] not in ("running", "retrying"):
        state = "cancelled"
    result = camel_cased(states[record["steps"][-1]["taskId"]].info) if is_over else None
    is_reported = any(step["name"] == "report" and step["state"] == "done" for step in steps)
    file = f"{given['report']}.pdf" if is_reported else None
    if kind == "predictionFile" and result:
        file = result["file"]
    return {
        "id": record["id"],
        "kind": kind,
        "state": state,
        "createdAt": record["createdAt"],
        "progress": _progress(record["steps"][place], states),
        "steps": steps,
        "result": result,
        "file": file,
        "error": {**current.get("error", {}), "step": current["name"]} if state == "failed" else None,
        "retries": watched.retries,
    }


def _step_view(step: Record, states: dict[str, Any]) -> Record:
    each = [states.get(task_id) for task_id in ids_of(step)]
    words = [_word(state) for state in each]
    found = next(
        (word for word in ("failed", "cancelled", "retrying", "running") if word in words), "waiting"
    )
    if found == "waiting" and "done" in words:
        found = "running"
    state = "done" if words[-1] == "done" else found
    shown = {
        "name": step["name"],
        "language": LANGUAGES[step["name"]],
        "taskId": step["taskId"],
        "state": state,
    }
    errors = [one.error for one in each if one is not None and one.error is not None]
    if errors and state in ("failed", "retrying"):
        shown["error"] = {"type": type(errors[0]).__name__, "message": str(errors[0])}
    return shown


def _progress(step: Record, states: dict[str, Any]) -> Record | None:
    if not step["parts"]:
        state = states.get(step["taskId"])
        return camel_cased(state.info) if state is not None and state.name == "PROGRESS" else None
    done = sum(_word(states.get(task_id)) == "done" for task_id in step["parts"])
    return {"done": done, "total": len(step["parts"])}
