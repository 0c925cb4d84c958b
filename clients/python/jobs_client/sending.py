"""Stamps messages with the time of their sending, so that workers can show how long tasks wait."""

import time
from typing import Any

from celery.app import amqp


class AMQP(amqp.AMQP):  # type: ignore[misc]
    """Celery's maker of messages. ``timestamp`` is AMQP's property, in seconds; Celery does not read it."""

    def as_task_v2(self, *args: Any, **kwargs: Any) -> Any:
        """Make a task's message (mirrors ``celery.app.amqp.AMQP.as_task_v2``)."""
        message = super().as_task_v2(*args, **kwargs)
        is_amqp = str(self.app.conf.broker_url).startswith("amqp")  # which takes whole seconds only
        message.properties["timestamp"] = int(time.time()) if is_amqp else round(time.time(), 3)
        return message
