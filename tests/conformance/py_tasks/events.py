"""Tasks that send events or not."""

from typing import Any

from ..py_worker import app


@app.task(send_events=False)
def quiet() -> str:
    return "quiet"


@app.task(bind=True)
def tell(self: Any, done: int) -> None:
    self.send_event("task-progress", done=done)
