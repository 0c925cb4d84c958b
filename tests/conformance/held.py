"""What workers hold on a server, looked at again and again while they work."""

import json
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Any

from redis import Redis

LOOK_S = 0.01
# Held in addition to the window: tasks that wait for a rate limit, and tasks of a lost thread.
BESIDE = {"conformance.pools.limited", "conformance.pools.die_once"}


def held(redis: Redis) -> list[tuple[dict[str, Any], str]]:
    """The headers of every message that is held, and its queue."""
    records = (json.loads(str(record)) for record in redis.hvals("unacked"))
    return [(message["headers"], str(routing_key)) for message, _, routing_key in records]


def held_in_window(redis: Redis) -> Counter[str]:
    """How many messages of each queue are held, without those that are held outside the window.

    Celery's workers take a message with an eta beside it (`qos.increment_eventually`), until it is due; a
    retry with a countdown is one of these.
    """
    return Counter(
        queue for headers, queue in held(redis) if not headers.get("eta") and headers["task"] not in BESIDE
    )


class HeldWatch:
    """The most that was held of each queue, within the window, while this context was open."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most: Counter[str] = Counter()
        self.looks = 0

    def __enter__(self) -> "HeldWatch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.is_set():
            self.most |= held_in_window(self._redis)
            self.looks += 1
            time.sleep(LOOK_S)
