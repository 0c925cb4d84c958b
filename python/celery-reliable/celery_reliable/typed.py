"""Celery's app, with types of its tasks for mypy and pyright: ``typed.pyi``, next to this file.

``Celery`` and ``Task`` are Celery's own classes, but for how they send to RabbitMQ (``rabbitmq_sending.py``).
For a type checker, ``Celery.task`` keeps the function's parameters and result, so ``add.delay("a")`` is an error
and ``add.delay(1, 2).get()`` is a number. The types need the package ``celery-types`` where they are checked.
"""

from celery import Task

from celery_reliable.rabbitmq import Celery

#: ``self`` of a task with ``bind=True``.
BoundTask = Task

__all__ = ("BoundTask", "Celery", "Task")
