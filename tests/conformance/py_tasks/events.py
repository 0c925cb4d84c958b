"""Tasks that send events or not."""

from ..py_worker import app


@app.task(send_events=False)
def quiet() -> str:
    return "quiet"
