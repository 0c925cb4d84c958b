"""The Python worker of the conformance tests: a stock Celery app, its settings as JSON in CONFORMANCE.

With `reliable` in it, the app has celery_reliable's delivery.
"""

import json
import os
from pathlib import Path

from celery import Celery

TASKS = Path(__file__).with_name("py_tasks")


class ConformanceApp(Celery):
    """Names a task after its file and its function, as the Node worker names its tasks."""

    def gen_task_name(self, name: str, module: str) -> str:
        return f"conformance.{module.rpartition('.')[2]}.{name}"


modules = [f"{__package__}.py_tasks.{file.stem}" for file in sorted(TASKS.glob("[!_]*.py"))]
app = ConformanceApp("conformance", include=modules)
given = json.loads(os.environ["CONFORMANCE"])
app.config_from_object(given["celery"])
if "reliable" in given:
    # Only here: a stock worker may have a Celery that the package does not support.
    import celery_reliable

    celery_reliable.install(app, **given["reliable"])
if "worker_health_address" in given["celery"]:
    import celery_reliable.metrics

    celery_reliable.metrics.serve(app)
