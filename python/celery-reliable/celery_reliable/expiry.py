"""Deletes dead letters that are too old. Every worker handles the lists of its own queues."""

import time
from collections.abc import Sequence

from redis import Redis

from celery_reliable import scripts
from celery_reliable.options import Options

# How often the lists are checked.
PAUSE_S = 60.0


class Expiry:
    """Runs the ``expire`` script, on the client that takes messages."""

    def __init__(self, client: "Redis", options: Options) -> None:
        self._client = client
        self._options = options
        self._due = 0.0

    def run(self, queues: Sequence[str]) -> None:
        """Check the lists if the last check was more than a minute ago.

        Raises:
            redis.exceptions.RedisError: the server is away, or refuses; it is tried again with the next call.
        """
        max_age_ms = int(self._options.dead_letter_max_age_s * 1000)
        if not max_age_ms or time.monotonic() < self._due:
            return
        scripts.run(self._client, "expire", [self._options.keys.dead(queue) for queue in queues], [max_age_ms])
        self._due = time.monotonic() + PAUSE_S
