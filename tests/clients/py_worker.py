"""A Python worker with the tasks of signatures.py, each a function with that signature."""

import os
from datetime import UTC, date, datetime, time
from decimal import Decimal
from time import sleep
from typing import Any
from uuid import UUID

from celery import Celery, Task
from celery_reliable.recommended import recommended_settings

from tests.clients.signatures import SHAPES, has
from tests.clients.values import VALUES

settings = recommended_settings(os.environ["JOBS_BROKER_URL"], os.environ["JOBS_RESULT_BACKEND"])
app = Celery("py_tasks")
app.config_from_object(settings)
MARKS = {"var_positional": "*", "var_keyword": "**"}


def described(value: Any) -> str:
    """The value and its type, in words that the JavaScript worker uses too."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(described, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {described(value[key])}' for key in sorted(value))}}}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"boolean {str(value).lower()}"
    if isinstance(value, (int, float)):
        return f"number {value:.16g}"
    if isinstance(value, datetime):
        return f"datetime {value.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')}"
    if isinstance(value, bytes):
        return f"bytes {value.hex()}"
    words = {str: "text", date: "date", time: "time", Decimal: "decimal", UUID: "uuid"}
    return f"{words[type(value)]} {value}"


def written(shape: str) -> str:
    """The parameters of a shape as source."""
    parts: list[str] = []
    kinds = [kind for _, kind, _ in SHAPES[shape].parameters]
    for i, (name, kind, default) in enumerate(SHAPES[shape].parameters):
        if kind == "keyword_only" and not {"keyword_only", "var_positional"} & set(kinds[:i]):
            parts.append("*")
        parts.append(f"{MARKS.get(kind, '')}{name}{'' if default is ... else f'={default!r}'}")
        if kind == "positional_only":
            parts.append("/")
    return ", ".join(parts)


for value in VALUES:

    @app.task(name=f"py_tasks.tasks.values.{value}")
    def echo(value: Any) -> Any:
        return {"seen": described(value), "value": value}


for name in SHAPES:
    if has("py", name):
        names: dict[str, Any] = {"described": described}
        exec(f"def shape({written(name)}): return {{'seen': described(locals())}}", names)  # noqa: S102
        app.task(name=f"py_tasks.tasks.shapes.{name}")(names["shape"])


@app.task(bind=True, name="py_tasks.tasks.flow.progress")
def progress(self: "Task[Any, Any]", steps: int) -> int:
    for done in range(steps):
        self.update_state(state="PROGRESS", meta={"done": done})
        sleep(0.1)  # a database shows the latest state only
    return steps


@app.task(name="py_tasks.tasks.flow.fail")
def fail(reason: str) -> int:
    raise LookupError(reason)


@app.task(name="py_tasks.tasks.flow.total")
def total(values: list[int], more: int = 0) -> int:
    return sum(values) + more


@app.task(name="py_tasks.tasks.flow.double")
def double(x: int) -> int:
    return 2 * x
