"""Starts OpenTelemetry traces and Sentry error reports, if the variables ``OTEL_*`` and ``SENTRY_DSN`` ask for them.

celery-js has the same for Node workers (``celery-js/telemetry``). The program installs the packages; a worker
that lacks one logs this and runs.
"""

import logging
import os
from importlib.metadata import PackageNotFoundError, version

from celery import signals

from celery_reliable import sentry, traces
from celery_reliable.types import App, Worker

logger = logging.getLogger("celery.worker")


def use_telemetry(app: App) -> None:
    """Start what the environment asks for in the workers of an app and in ``celery beat``, and in no other program."""
    for part in (traces, sentry):
        asking = part.asking_variable(os.environ)
        if asking is None:
            continue
        missing = [name for name in part.PACKAGES if not _is_installed(name)]
        if not missing:
            part.connect(app)
            continue
        names, command = " and ".join(missing), f'make py-add PKG="{" ".join(part.PACKAGES)}"'
        _warn_later(app, f"{asking} is set, but {part.LOST}: {names} is not installed ({command})")


def _is_installed(package: str) -> bool:
    try:
        version(package.partition("[")[0])
    except PackageNotFoundError:
        return False
    return True


def _warn_later(app: App, problem: str) -> None:
    """Warn in the worker's log, as soon as it has one."""

    def warn(instance: Worker, **_: object) -> None:
        if instance.app is app:
            logger.warning("%s", problem)

    signals.celeryd_after_setup.connect(warn, weak=False)
