"""Reports of failed tasks to Sentry: one event for each final failure, none for a retry.

Sentry's own integration for Celery reports what a task raises. This module adds what only the worker knows: a lost
process, and a hard time limit.
"""

import os
from collections.abc import Mapping

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery import signals

from celery_reliable.logs import request_fields
from celery_reliable.types import App, Settings, Task, TaskRequest, Worker

PACKAGES = ("sentry-sdk",)
LOST = "no errors are reported"

FLUSH_S = 2.0
# A failure is reported with its error; its log line would be a second event.
_LOGGERS = ("celery.*", "celery_reliable.*")


def asking_variable(environment: Mapping[str, str]) -> str | None:
    """Return the variable that asks for reports, None without it."""
    return "SENTRY_DSN" if environment.get("SENTRY_DSN") else None


def connect(app: App) -> None:
    """Start Sentry in an app's workers, before their pool forks, and in beat."""

    def on_worker(instance: Worker, **_: object) -> None:
        if instance.app is app:
            _start()

    signals.celeryd_init.connect(on_worker, weak=False)
    signals.worker_process_init.connect(_start_after_fork, weak=False)
    signals.beat_init.connect(_start, weak=False)
    signals.task_prerun.connect(_tag, weak=False)
    signals.task_failure.connect(_report_lost, weak=False)
    signals.worker_shutdown.connect(_flush, weak=False)


def _start(**_: object) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.logging import ignore_logger

    if sentry_sdk.get_client().is_active():
        return
    _create_client()
    for logger in _LOGGERS:
        ignore_logger(logger)


def _start_after_fork(**_: object) -> None:
    """Give a pool process its own client.

    If the parent has reported something, the child inherits a queue on which the parent's thread waits. That thread
    doesn't exist in the child, but would be the one that is woken for the child's first event.
    """
    import sentry_sdk

    if sentry_sdk.get_client().is_active():
        _create_client()


def _create_client() -> None:
    import sentry_sdk
    from sentry_sdk.integrations.celery import CeleryIntegration

    # Otherwise Sentry adds its headers to every message, for its own traces.
    traces = bool(os.environ.get("SENTRY_TRACES_SAMPLE_RATE"))
    sentry_sdk.init(integrations=[CeleryIntegration(propagate_traces=traces)])


def _tag(task: Task, **_: object) -> None:
    """Tag whatever the task reports: Sentry's integration has opened a scope for it."""
    import sentry_sdk

    sentry_sdk.get_isolation_scope().set_tags(_tags(task, task.request))


def _report_lost(sender: Task, task_id: str, exception: BaseException, **_: object) -> None:
    import sentry_sdk

    # Celery sends the signal twice for a time limit, and only once with the task's request.
    if sender.request.id != task_id or not isinstance(exception, (WorkerLostError, TimeLimitExceeded)):
        return
    with sentry_sdk.new_scope() as scope:
        scope.set_tags(_tags(sender, sender.request))
        sentry_sdk.capture_exception(exception)


def _tags(task: Task, request: TaskRequest) -> Settings:
    fields = request_fields(task.name, request)
    return {name: value for name, value in fields.items() if value is not None}


def _flush(**_: object) -> None:
    import sentry_sdk

    sentry_sdk.flush(timeout=FLUSH_S)
