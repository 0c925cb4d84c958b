"""Measures the broker for a worker's metrics: waiting messages, their age, the server's memory.

In celery-js ``transport/redis/measuring.js``. It opens a separate connection, with short limits, on first use,
because a probe must not wait for commands of tasks.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from threading import Lock

from redis import Redis
from redis.exceptions import RedisError

from celery_reliable import scripts
from celery_reliable.options import Options
from celery_reliable.outage import described
from celery_reliable.types import Reply

# How long the server may take to answer a probe.
ANSWERS_WITHIN_S = 2.0
# The pause after a missing answer: a scrape asks three times, and must end in time.
SAME_OUTAGE_S = 1.0
# How many scrape intervals a worker stays the reporter of a queue: one missed scrape changes nothing.
PAUSES = 2.5
FIRST_HOLD_S, LEAST_HOLD_S, LONGEST_HOLD_S = 30.0, 15.0, 180.0
# The headers and properties of a message, which stand at its end.
END_BYTES = 8192

# How many values measure.lua returns for a queue.
PER_QUEUE = 4
# No task was sent before the year 2000; such a time would spoil every average.
EARLIEST_S = 946_684_800
LATEST_S = 253_402_300_800  # the year 10000

_SENT = re.compile(rb'"timestamp": ?(\d+(?:\.\d+)?)')
_ETA = re.compile(rb'"eta": ?"([^"]+)"')
_TAG = re.compile(rb'"delivery_tag": ?"([^"]+)"')
# How many messages without a time of sending are remembered, by a hash: their own texts may be large.
MOST_SEEN = 10_000


@dataclass(frozen=True)
class QueueMetrics:
    """``oldest_s``: the longest wait of the messages that are taken next, one of each priority."""

    queue: str
    waiting: int
    dead: int
    parked: int
    oldest_s: float | None


@dataclass(frozen=True)
class BrokerMetrics:
    """``queues``: those that this worker reports. The other fields are None if another worker reports them."""

    queues: Sequence[QueueMetrics] = ()
    held: int | None = None
    parked: int | None = None
    memory: int | None = None
    memory_limit: int | None = None


@dataclass
class Measuring:
    """Asks the server over ``client``. Any thread may call it."""

    client: "Redis"
    options: Options
    _outage: tuple[str, float] = ("", 0.0)
    _asked_at: float | None = None
    _seen: dict[bytes, float] = field(default_factory=dict)  # messages without a time: when they were first next
    _lock: Lock = field(default_factory=Lock)

    def problem(self) -> str:
        """Return why the server does not answer now; empty when it does."""
        reason, since = self._outage
        if reason and time.monotonic() - since < SAME_OUTAGE_S:
            return reason
        try:
            self.client.ping()
        except (RedisError, OSError) as error:
            reason = f"the broker cannot be reached: {described(error)}"
        else:
            reason = ""
        self._outage = (reason, time.monotonic())
        return reason

    def measure(self, queues: Sequence[str]) -> BrokerMetrics:
        """Return the metrics of these queues.

        Raises:
            redis.exceptions.RedisError: the server is away, or refuses.
        """
        with self._lock:
            reply = self._ask(queues)
            now_ms, held, parked, *rest = reply
            found = [
                QueueMetrics(queue, waiting, dead, parked_here, self._oldest_s(ends, now_ms / 1000))
                for queue, (waiting, dead, parked_here, ends) in zip(queues, _by_queue(rest), strict=True)
                if waiting >= 0
            ]
            self._seen = {tag: at for tag, at in self._seen.items() if now_ms / 1000 - at < 7 * 86_400}
        if held < 0:
            return BrokerMetrics(found)
        memory, limit = self._memory()
        return BrokerMetrics(found, held, parked, memory, limit)

    def _ask(self, queues: Sequence[str]) -> Reply:
        now, keys = time.monotonic(), self.options.keys
        pause_s = FIRST_HOLD_S / PAUSES if self._asked_at is None else now - self._asked_at
        hold_s = min(LONGEST_HOLD_S, max(LEAST_HOLD_S, PAUSES * pause_s))
        self._asked_at = now
        names = [keys.measured, keys.leases, keys.parked, keys.unacked]
        for queue in queues:
            names += [keys.dead(queue), *(keys.queue(queue, step) for step in keys.steps)]
        args: list[scripts.Argument] = [
            self.options.tag_prefix,
            int(hold_s * 1000),
            END_BYTES,
            len(keys.steps),
            *queues,
        ]
        reply = scripts.run(self.client, "measure", names, args)
        if len(reply) != 3 + PER_QUEUE * len(queues):
            raise scripts.unusable(self.client, f"unexpected reply: {reply!r:.100}")
        return reply

    def _oldest_s(self, ends: Sequence[bytes], now_s: float) -> float | None:
        since = [self._since(end, now_s) for end in ends]
        return max(0.0, now_s - min(since)) if since else None

    def _since(self, end: bytes, now_s: float) -> float:
        """Return since when a message has waited: its sending or eta; without these, when it became the next one."""
        sent = sent_at_s(float(_last(_SENT, end) or 0))
        if sent is not None:
            return max(sent, _epoch_s(_last(_ETA, end)))
        key = blake2b(_last(_TAG, end) or end, digest_size=16).digest()
        if len(self._seen) >= MOST_SEEN and key not in self._seen:
            del self._seen[next(iter(self._seen))]  # the oldest
        return self._seen.setdefault(key, now_s)

    def _memory(self) -> tuple[int | None, int | None]:
        try:
            info: Reply = self.client.info("memory")
        except RedisError:  # not allowed; the other metrics are still useful
            return None, None
        return info.get("used_memory"), info.get("maxmemory")


def sent_at_s(timestamp: object) -> float | None:
    """Return the time of sending that a message names (AMQP's ``timestamp``); None if it cannot be one."""
    is_number = isinstance(timestamp, (int, float)) and not isinstance(timestamp, bool)
    # Compared before it is converted: an integer may be too large for a float, and NaN compares as false.
    return float(timestamp) if is_number and EARLIEST_S <= timestamp <= LATEST_S else None  # type: ignore[operator, arg-type]


def _by_queue(values: Sequence[Reply]) -> list[Reply]:
    return [values[at : at + PER_QUEUE] for at in range(0, len(values), PER_QUEUE)]


def _last(pattern: re.Pattern[bytes], end: bytes) -> bytes | None:
    found = pattern.findall(end)
    return found[-1] if found else None


def _epoch_s(eta: bytes | None) -> float:
    try:
        moment = datetime.fromisoformat((eta or b"").decode())
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
