"""Workers and clients of a URL of sentinels."""

from dataclasses import dataclass
from typing import Any

from celery import Celery
from celery_reliable.recommended import recommended_settings

from tests.conformance.workers import Kind, StartWorker
from tests.support.programs import Program
from tests.support.workers import WorkerFactory

LEASE_S = 30


def python_settings(url: str) -> dict[str, Any]:
    """What `py_workers/config.py` makes of the URL."""
    settings = recommended_settings(url, url)
    return {
        name: settings[name] for name in settings if name.startswith(("broker_", "result_backend", "redis_"))
    }


@dataclass(frozen=True)
class StartBehind:
    """Starts workers with reliable delivery, from one URL in both languages."""

    factory: WorkerFactory
    url: str

    def __call__(self, kind: Kind, *, wait: bool = True, **options: Any) -> Program:
        celery = dict(options.pop("celery", {}))
        if kind is Kind.PYTHON:
            return StartWorker(self.factory, self.url)(
                kind,
                celery=python_settings(self.url) | celery,
                reliable={"lease_s": LEASE_S},
                wait=wait,
                **options,
            )
        node = {"lease_s": LEASE_S, **options.pop("node", {})}
        return StartWorker(self.factory, self.url)(kind, celery=celery, node=node, wait=wait, **options)


def client_behind(url: str) -> Celery:
    """A Python client with celery_reliable's settings."""
    app = Celery("client", set_as_current=False)
    settings = recommended_settings(url, url)
    app.loader.override_backends = settings.pop("override_backends")
    app.conf.update(settings | {"task_default_queue": "jobs"})
    return app
