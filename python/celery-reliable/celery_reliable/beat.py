"""Stops ``celery beat`` if its schedule is empty."""

from celery import Celery
from celery.beat import PersistentScheduler
from celery.signals import beat_init
from celery.utils.imports import symbol_by_name

from celery_reliable.types import Passed


def refuse_empty_schedule(app: Celery, remedy: str) -> None:
    """End ``celery beat`` of ``app`` with one line about the remedy if its schedule is empty.

    A scheduler that keeps its entries elsewhere (``--scheduler``) is left alone.
    """

    def check(sender: Passed, **_: object) -> None:
        if sender.app is not app or app.conf.beat_schedule:
            return
        if symbol_by_name(sender.scheduler_cls) is PersistentScheduler:
            raise SystemExit(f"nothing is scheduled, so beat has nothing to send: {remedy}")

    beat_init.connect(check, weak=False)
