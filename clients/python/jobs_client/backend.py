"""Celery's result backend for sending alone: chords are counted in it, results are read by ``results.py``."""

from celery.backends.redis import RedisBackend, SentinelBackend


class Backend(RedisBackend):
    """A RedisBackend that does not subscribe to the results of the tasks that it sends."""

    def on_task_call(self, producer: object, task_id: str) -> None:
        """Do nothing: a Job subscribes when it is waited for (mirrors ``RedisBackend.on_task_call``)."""


class SentinelsBackend(Backend, SentinelBackend):
    """The same behind sentinels."""
