"""The Python worker of the conformance tests: a stock Celery app, its settings as JSON in CONFORMANCE."""

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
app.config_from_object(json.loads(os.environ["CONFORMANCE"])["celery"])
