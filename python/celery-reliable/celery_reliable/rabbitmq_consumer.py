"""Celery's consumer on RabbitMQ, with remote control and gossip that no message can end (``remote_control.py``).

Mirrors ``celery.worker.consumer.consumer.Consumer``; chosen by Celery's setting ``worker_consumer``.
"""

from celery.worker.consumer.consumer import Consumer as CeleryConsumer

from celery_reliable.remote_control import STEPS


class Consumer(CeleryConsumer):
    """Celery's own, with these steps."""

    class Blueprint(CeleryConsumer.Blueprint):
        """Celery's steps; two of them are ours."""

        default_steps = tuple(STEPS.get(step, step) for step in CeleryConsumer.Blueprint.default_steps)
