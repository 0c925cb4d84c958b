"""The metrics of tasks, counted in the worker's own process, with celery-exporter's names and labels.

https://github.com/danihodovic/celery-exporter: its dashboards for Grafana show them as they are. In celery-js
``worker/observers/task-metrics.js``.
"""

import re
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from itertools import accumulate
from threading import Lock
from typing import TypeAlias

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.utils import INF, floatToGoString

from celery_reliable.labels import OTHER, is_label
from celery_reliable.measuring import sent_at_s
from celery_reliable.types import Payload, TaskRequest

# prometheus-client's own, and four for tasks that take longer.
RUNTIME_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 1800, INF)
WAIT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, INF)
# How many pairs of task and queue, and exceptions of one pair, get their own series. The rest is counted together.
MOST_PAIRS = 500
MOST_EXCEPTIONS = 20
# Of Celery's own tasks.
BUILTIN = "celery."
_STATES = {
    "received": "Tasks that the worker has received.",
    "started": "Tasks that it has started.",
    "succeeded": "Tasks that have succeeded.",
    "rejected": "Tasks whose message was rejected: put back, or moved to the dead letters.",
    "revoked": "Tasks that were revoked, or have expired.",
    "retried": "Tasks that have failed and will run again.",
}
_LABELS = ("name", "hostname", "queue_name")
Labels: TypeAlias = tuple[str, str, str]
_CLASS = re.compile(r"\w+")


class Buckets:
    """A histogram: how many values lie up to each bound, and their sum."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * len(bounds)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Add a value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def add_to(self, family: HistogramMetricFamily, labels: Labels) -> None:
        """Add the series of these labels."""
        counts = accumulate(self._counts)
        bounds = map(floatToGoString, self._bounds)
        buckets = list(zip(bounds, counts, strict=True))
        family.add_metric(labels, buckets, self._sum)


@dataclass
class Row:
    """The counts of one task from one queue."""

    labels: Labels
    states: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_STATES, 0))
    runtime: Buckets = field(default_factory=lambda: Buckets(RUNTIME_BUCKETS))
    wait: Buckets = field(default_factory=lambda: Buckets(WAIT_BUCKETS))
    # By exception. One without a name is there so that a task without failures has 0, not no data.
    failed: dict[str, int] = field(default_factory=lambda: {"": 0})


class TaskMetrics:
    """Counts the events of tasks; a collector of prometheus-client's. ``queue_of`` returns the queue of a request.

    The counts are plain numbers until prometheus-client asks: with its own objects, a task costs 5 us instead of 3.
    """

    def __init__(self, hostname: str, queue_of: Callable[[TaskRequest], str]) -> None:
        self._hostname = hostname
        self._queue_of = queue_of
        self._rows: dict[tuple[str, str], Row] = {}
        self._sent: dict[Labels, int] = {}
        self._consumed: set[str] = set()
        self._lock = Lock()  # tasks in threads end at the same time

    def describe(self) -> Iterator[Metric]:
        """Register without counting."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the current metrics."""
        with self._lock:
            metrics = list(self._collected())
        yield from metrics

    def listener(self, request: TaskRequest, event: str, fields: Payload) -> None:
        """Count an event of a task (``counted.Listener``)."""
        state = event.removeprefix("task-")
        with self._lock:
            row = self._row(request.task.name, self._queue_of(request))
            if state == "failed":
                self._count_failure(row, str(fields.get("exception", "")))
            elif state in row.states:
                row.states[state] += 1
            if state == "started":
                wait_s = waited_s(request)
                if wait_s is not None:
                    row.wait.observe(wait_s)
            elif state == "succeeded" and fields.get("runtime") is not None:
                row.runtime.observe(fields["runtime"])

    def consumes(self, queues: Iterable[str], tasks: Iterable[str]) -> None:
        """Show 0 for tasks that have not run, unless they are too many.

        Prometheus does not count a counter's first value as an increase.
        """
        names = [name for name in tasks if not name.startswith(BUILTIN)]
        with self._lock:
            for queue in set(queues) - self._consumed:
                self._consumed.add(queue)
                if len(self._rows) + len(names) > MOST_PAIRS:
                    continue
                for name in names:
                    self._row(name, queue)
                    self._count_sent(name, queue, 0)

    def sent(self, name: str, queue: str) -> None:
        """Count a message that a task has sent; its name and queue are the task's choice."""
        with self._lock:
            self._count_sent(name, queue, 1)

    def _count_sent(self, name: str, queue: str, count: int) -> None:
        key = (name, self._hostname, queue)
        if key not in self._sent:
            is_shown = len(self._sent) < MOST_PAIRS and is_label(name) and is_label(queue)
            key = key if is_shown else (OTHER, self._hostname, OTHER)
        self._sent[key] = self._sent.get(key, 0) + count

    def _row(self, name: str, queue: str) -> Row:
        key = (name, queue)
        row = self._rows.get(key)
        if row is None:
            key = key if len(self._rows) < MOST_PAIRS and is_label(key[1]) else (OTHER, OTHER)
            row = self._rows.setdefault(key, Row((key[0], self._hostname, key[1])))
        return row

    def _count_failure(self, row: Row, exception: str) -> None:
        match = _CLASS.match(exception)
        name = match[0] if match else "UnknownException"
        if name not in row.failed:
            name = name if len(row.failed) < MOST_EXCEPTIONS and is_label(name) else OTHER
        row.failed[name] = row.failed.get(name, 0) + 1

    def _collected(self) -> Iterator[Metric]:
        rows = list(self._rows.values())
        for state, text in _STATES.items():
            yield _counter(state, text, {row.labels: row.states[state] for row in rows})
        yield _counter("sent", "Tasks that the worker has sent: by its tasks, their callbacks and retries.", self._sent)
        failed = CounterMetricFamily(
            "celery_task_failed", "Tasks that have failed for good.", labels=(*_LABELS, "exception")
        )
        runtime = HistogramMetricFamily("celery_task_runtime", "How long tasks run, in seconds.", labels=_LABELS)
        text = "How long tasks wait from their sending, or their eta, until they start, in seconds."
        wait = HistogramMetricFamily("celery_task_queue_wait_time", text, labels=_LABELS)
        for row in rows:
            for exception, count in row.failed.items():
                failed.add_metric((*row.labels, exception), count)
            if row.states["succeeded"]:
                row.runtime.add_to(runtime, row.labels)
            if row.states["started"]:
                row.wait.add_to(wait, row.labels)
        yield from (failed, runtime, wait)


def _counter(state: str, text: str, counts: Mapping[Labels, int]) -> Metric:
    family = CounterMetricFamily(f"celery_task_{state}", text, labels=_LABELS)
    for labels, count in counts.items():
        family.add_metric(labels, count)
    return family


def waited_s(request: TaskRequest) -> float | None:
    """How long a task that starts now has waited since its sending or its eta; None if its message has no time."""
    sent = sent_at_s((getattr(request.message, "properties", None) or {}).get("timestamp"))
    if sent is None:
        return None
    eta = request.eta
    if eta is not None:
        sent = max(sent, (eta if eta.tzinfo else eta.replace(tzinfo=UTC)).timestamp())
    return max(0.0, time.time() - sent)
