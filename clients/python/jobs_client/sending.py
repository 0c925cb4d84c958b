"""The app that sends: it stamps messages with the time, and takes short countdowns on RabbitMQ too."""

import time
from datetime import datetime, timedelta
from typing import Any

from celery import Celery
from celery.app import amqp


class SendingApp(Celery):
    """Celery's app. On RabbitMQ, Celery delays by whole seconds; a shorter countdown waits in its worker."""

    def send_task(self, name: str, *args: Any, **options: Any) -> Any:
        """Send a task (mirrors ``celery.Celery.send_task``)."""
        if str(self.conf.broker_url).startswith("amqp"):
            soon = self._due_within_a_second(options.get("countdown"), options.get("eta"))
            if soon is not None:
                headers = {**(options.get("headers") or {}), "eta": soon.isoformat()}
                options |= {"countdown": None, "eta": None, "headers": headers}
        return super().send_task(name, *args, **options)

    def _due_within_a_second(self, countdown: float | None, eta: datetime | str | None) -> datetime | None:
        if eta is None:
            return self.now() + timedelta(seconds=countdown) if countdown and 0 < countdown < 1 else None
        eta = datetime.fromisoformat(eta) if isinstance(eta, str) else eta
        now = self.now() if eta.tzinfo is not None else self.now().replace(tzinfo=None)
        return eta if timedelta(0) < eta - now < timedelta(seconds=1) else None


_CeleryAMQP: Any = amqp.AMQP  # Celery's stubs have no types for it; some checkers find those of its source


class AMQP(_CeleryAMQP):  # type: ignore[misc]
    """Celery's maker of messages. ``timestamp`` is AMQP's property, in seconds; Celery does not read it."""

    def as_task_v2(self, *args: Any, **kwargs: Any) -> Any:
        """Make a task's message (mirrors ``celery.app.amqp.AMQP.as_task_v2``)."""
        message = super().as_task_v2(*args, **kwargs)
        is_amqp = str(self.app.conf.broker_url).startswith("amqp")  # which takes whole seconds only
        message.properties["timestamp"] = int(time.time()) if is_amqp else round(time.time(), 3)
        return message
