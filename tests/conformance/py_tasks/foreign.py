"""The task that the recorded messages of other Node clients call."""

from typing import Any

from ..py_worker import app


@app.task(name="example.add")
def add(x: Any, z: Any = None, *, y: Any = None) -> list[Any]:
    return [x, z, y]
