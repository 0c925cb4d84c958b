"""The metrics of tasks, counted in the worker's own process, with celery-exporter's names and labels.

https://github.com/danihodovic/celery-exporter: its dashboards for Grafana show them as they are. In celery-js
``worker/observers/task-metrics.js``.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.utils import INF

from celery_reliable.labels import OTHER, is_label
from celery_reliable.measuring import sent_at_s
from celery_reliable.types import Payload, TaskRequest

# prometheus-client's own, and four for tasks that take longer.
RUNTIME_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 1800, INF)
WAIT_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, INF)
# How many pairs of task and queue, and exceptions of one pair, have series of their own. The rest is counted together.
MOST_PAIRS = 500
MOST_EXCEPTIONS = 20
_STATES = {
    "received": "Tasks that the worker has received.",
    "started": "Tasks that it has started.",
    "succeeded": "Tasks that have succeeded.",
    "rejected": "Tasks whose message was rejected: put back, or moved to the dead letters.",
    "revoked": "Tasks that were revoked, or have expired.",
    "retried": "Tasks that have failed and will run again.",
}
_LABELS = ("name", "hostname", "queue_name")
_CLASS = re.compile(r"\w+")


@dataclass(frozen=True)
class Row:
    """The metrics of one task from one queue."""

    labels: tuple[str, str, str]
    states: dict[str, Counter]
    runtime: Histogram
    wait: Histogram
    failed: dict[str, Counter]


class TaskMetrics:
    """Counts the events of tasks. ``queue_of`` returns the queue of a request."""

    def __init__(self, registry: CollectorRegistry, hostname: str, queue_of: Callable[[TaskRequest], str]) -> None:
        self._hostname = hostname
        self._queue_of = queue_of
        self._rows: dict[tuple[str, str], Row] = {}
        self._states = {
            state: Counter(f"celery_task_{state}", text, _LABELS, registry=registry) for state, text in _STATES.items()
        }
        self._sent_rows: dict[tuple[str, str], Counter] = {}
        self._sent = Counter(
            "celery_task_sent",
            "Tasks that the worker has sent: by its tasks, their callbacks and retries.",
            _LABELS,
            registry=registry,
        )
        self._failed = Counter(
            "celery_task_failed", "Tasks that have failed for good.", (*_LABELS, "exception"), registry=registry
        )
        self._runtime = Histogram(
            "celery_task_runtime",
            "How long tasks run, in seconds.",
            _LABELS,
            registry=registry,
            buckets=RUNTIME_BUCKETS,
        )
        self._wait = Histogram(
            "celery_task_queue_wait_time",
            "How long tasks wait from their sending, or their eta, until they start, in seconds.",
            _LABELS,
            registry=registry,
            buckets=WAIT_BUCKETS,
        )

    def listener(self, request: TaskRequest, event: str, fields: Payload) -> None:
        """Count an event of a task (``counted.Listener``)."""
        state = event.removeprefix("task-")
        row = self._row(request)
        if state == "failed":
            self._count_failure(row, str(fields.get("exception", "")))
        elif state in row.states:
            row.states[state].inc()
        if state == "started":
            wait_s = waited_s(request)
            if wait_s is not None:
                row.wait.observe(wait_s)
        elif state == "succeeded" and fields.get("runtime") is not None:
            row.runtime.observe(fields["runtime"])

    def sent(self, name: str, queue: str) -> None:
        """Count a message that a task has sent; its name and queue are the task's choice."""
        row = self._sent_rows.get((name, queue))
        if row is None:
            is_shown = len(self._sent_rows) < MOST_PAIRS and is_label(name) and is_label(queue)
            key = (name, queue) if is_shown else (OTHER, OTHER)
            row = self._sent_rows.setdefault(key, self._sent.labels(key[0], self._hostname, key[1]))
        row.inc()

    def _row(self, request: TaskRequest) -> Row:
        key = (request.task.name, self._queue_of(request))
        row = self._rows.get(key)
        if row is None:
            key = key if len(self._rows) < MOST_PAIRS and is_label(key[1]) else (OTHER, OTHER)
            row = self._rows.setdefault(key, self._new_row(*key))
        return row

    def _new_row(self, name: str, queue: str) -> Row:
        labels = (name, self._hostname, queue)
        states = {state: counter.labels(*labels) for state, counter in self._states.items()}
        failed = {"": self._failed.labels(*labels, "")}  # so that a task without failures has 0, not no data
        return Row(labels, states, self._runtime.labels(*labels), self._wait.labels(*labels), failed)

    def _count_failure(self, row: Row, exception: str) -> None:
        match = _CLASS.match(exception)
        name = match[0] if match else "UnknownException"
        if name not in row.failed:
            name = name if len(row.failed) < MOST_EXCEPTIONS and is_label(name) else OTHER
            row.failed.setdefault(name, self._failed.labels(*row.labels, name))
        row.failed[name].inc()


def waited_s(request: TaskRequest) -> float | None:
    """How long a task that starts now has waited since its sending or its eta; None if its message has no time."""
    sent = sent_at_s((getattr(request.message, "properties", None) or {}).get("timestamp"))
    if sent is None:
        return None
    eta = request.eta
    if eta is not None:
        sent = max(sent, (eta if eta.tzinfo else eta.replace(tzinfo=UTC)).timestamp())
    return max(0.0, time.time() - sent)
