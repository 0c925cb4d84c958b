"""Makes the page's view of a job from its record and the last state of each task."""

import re
from collections.abc import Mapping
from typing import Any

from store import Record

_LANGUAGES = {"train": "python", "predict": "python", "report": "javascript", "mail": "javascript"}
_WORDS = {
    "PENDING": "waiting",
    "RETRY": "retrying",
    "SUCCESS": "done",
    "FAILURE": "failed",
    "REVOKED": "cancelled",
}
_WORST_FIRST = ("failed", "cancelled", "retrying", "running", "done")
_FINAL = {"done", "failed", "cancelled"}

States = Mapping[str, Any]  # by task id


def ids_of(step: Record) -> list[str]:
    """Return the ids of a step's tasks; the last one ends the step."""
    return [*step["parts"], step["taskId"]]


def is_over(word: str) -> bool:
    """Tell whether a task or a job has ended."""
    return word in _FINAL


def word_for(state: Any) -> str:
    """Return the page's word for a task's state."""
    return "waiting" if state is None else _WORDS.get(state.name, "running")


def view(record: Record, states: States, retries: int) -> Record:
    """Return a job as the page gets it."""
    steps = [_step_view(step, states) for step in record["steps"]]
    is_done = all(each["state"] == "done" for each in steps)
    place = next((i for i, each in enumerate(steps) if each["state"] != "done"), len(steps) - 1)
    current = steps[place]
    step = record["steps"][place]
    # A task that waits for another try is not busy: a cancelled one does nothing when it runs again.
    is_busy = any(word_for(states.get(task_id)) == "running" for task_id in ids_of(step))
    state = _state_of(record, current, place, is_busy=is_busy, is_done=is_done)
    result = camel_cased(states[record["steps"][-1]["taskId"]].info) if is_done else None
    return {
        "id": record["id"],
        "kind": record["kind"],
        "state": state,
        "createdAt": record["createdAt"],
        "progress": _progress(step, states),
        "steps": steps,
        "result": result,
        "file": _file_of(record["kind"], record["given"], steps, result),
        "error": {**current.get("error", {}), "step": current["name"]} if state == "failed" else None,
        "retries": retries,
    }


def _state_of(record: Record, current: Record, place: int, *, is_busy: bool, is_done: bool) -> str:
    """Return a job's state; ``current`` is its first unfinished step, or the last one of a finished job."""
    if record.get("cancelled") and not is_done and not is_busy:
        return "cancelled"
    return "running" if place and current["state"] == "waiting" else str(current["state"])


def _file_of(kind: str, given: Record, steps: list[Record], result: Any) -> str | None:
    """Return the name of the file that the page offers."""
    if any(each["name"] == "report" and each["state"] == "done" for each in steps):
        return f"{given['report']}.pdf"
    return str(result["file"]) if kind == "predictionFile" and result else None


def _step_view(step: Record, states: States) -> Record:
    each = [states.get(task_id) for task_id in ids_of(step)]
    words = [word_for(state) for state in each]
    found = next((word for word in _WORST_FIRST if word in words), "waiting")
    unfinished = "running" if found == "done" else found
    state = "done" if words[-1] == "done" else unfinished
    shown = {
        "name": step["name"],
        "language": _LANGUAGES[step["name"]],
        "taskId": step["taskId"],
        "state": state,
    }
    errors = [one.error for one in each if one is not None and one.error is not None]
    if errors and state in ("failed", "retrying"):
        shown["error"] = {"type": type(errors[0]).__name__, "message": _without_folders(str(errors[0]))}
    return shown


def _without_folders(message: str) -> str:
    """Return the message without folders of the workers' machines; a quoted one may have spaces."""
    message = re.sub(r"""(['"])/(?:[^'"/]+/)+""", r"\1", message)
    return re.sub(r"""(^|[\s(:=])/(?:[^\s'"/]+/)+""", r"\1", message)


def _progress(step: Record, states: States) -> Record | None:
    if not step["parts"]:
        state = states.get(step["taskId"])
        return camel_cased(state.info) if state is not None and state.name == "PROGRESS" else None
    done = sum(word_for(states.get(task_id)) == "done" for task_id in step["parts"])
    return {"done": done, "total": len(step["parts"])}


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
