"""The Python worker of the hostile tests: one task, which notes that it ran.

Its settings are JSON in HOSTILE.
"""

import json
import os
from typing import Any

import celery_reliable
from celery import Celery
from celery_reliable import metrics

given = json.loads(os.environ["HOSTILE"])
app = Celery("hostile")
app.config_from_object(given["celery"])
celery_reliable.install(app, lease_s=given["lease_s"])
metrics.serve(app)


@app.task(name="hostile.run", bind=True)
def run(self: Any, *_args: Any, **_kwargs: Any) -> int:
    """Note the task's id outside of the server."""
    ledger = os.open(given["ledger"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(ledger, (json.dumps(self.request.id) + "\n").encode())
    os.close(ledger)
    return 1
