"""The metrics of a worker and of its queues, read when Prometheus asks. In celery-js ``transport/metrics-text.js``."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from celery import __version__
from celery.utils.nodenames import nodesplit
from celery.worker import state
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from celery_reliable.labels import is_label
from celery_reliable.lease_manager import LeaseManager
from celery_reliable.measuring import BrokerMetrics
from celery_reliable.metrics.health import Health
from celery_reliable.types import TaskRequest, Worker

logger = logging.getLogger(__name__)

#: The labels of a series, without ``hostname``, and its value.
Rows: TypeAlias = Sequence[tuple[Mapping[str, str], float]]


class WorkerMetrics:
    """A collector of prometheus-client's."""

    def __init__(self, worker: Worker, health: Health, queue_of: Callable[[TaskRequest], str]) -> None:
        self._worker = worker
        self._health = health
        self._queue_of = queue_of
        self.hostname = nodesplit(worker.hostname)[1]
        self._leases: LeaseManager | None = None

    @property
    def leases(self) -> LeaseManager | None:
        """The messages that the worker holds; None before it consumes, or where Celery's own transport holds them."""
        if (known := self._health.readiness) is not None:
            self._leases = known.leases
        return self._leases

    @property
    def _slots(self) -> int:
        """How many tasks the worker may run at a time; 0 before it has a pool."""
        return int(getattr(getattr(self._worker, "pool", None), "num_processes", 0) or 0)

    def describe(self) -> Iterator[Metric]:
        """Register without asking the server."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the current metrics."""
        queues = [queue for queue in self._health.queues if is_label(queue)]
        yield from self._of_worker()
        yield from self._of_messages(queues)
        yield from self._of_consuming(queues)
        yield from _of_broker(self._measure(queues))

    def _of_worker(self) -> Iterator[Metric]:
        running, reserved = len(state.active_requests), len(state.reserved_requests)
        pool = getattr(self._worker, "pool", None)
        kind = "" if pool is None else type(pool).__module__.rpartition(".")[2]
        kind = "threads" if kind == "thread" else kind  # as --pool calls it
        is_ready = self._health.ready()["ok"]
        info = {"worker": self._worker.hostname, "language": "python", "version": __version__, "pool": kind}
        info["contract"] = self._contract()
        yield self._gauge("worker_info", "The worker's name, version, pool and contract.", [(info, 1)])
        yield self._gauge("worker_up", "1: the worker runs.", [({}, 1)])
        yield self._gauge("worker_ready", "1: the worker consumes, as /readyz says.", [({}, is_ready)])
        yield self._gauge("worker_tasks_active", "Tasks that run.", [({}, running)])
        yield self._gauge(
            "worker_tasks_prefetched", "Tasks that wait in the worker for a slot.", [({}, max(0, reserved - running))]
        )
        scheduled = len(getattr(state, "scheduled_requests", ()))
        yield self._gauge("worker_tasks_scheduled", "Tasks that wait in the worker for their eta.", [({}, scheduled)])
        by_pool = {"pool": kind}
        yield self._gauge("worker_slots", "Tasks that it may run at a time.", [(by_pool, self._slots)])
        yield self._gauge("worker_slots_used", "Slots that run a task now.", [(by_pool, running)])

    def _of_messages(self, queues: list[str]) -> Iterator[Metric]:
        leases = self.leases
        if leases is not None:
            tally, held_now = leases.tally, leases.held_by_queue()
            is_connected = not leases.measuring.problem()
        elif (known := getattr(self._health.consumer, "tally", None)) is not None:  # on RabbitMQ
            tally, held_now = known, Counter(map(self._queue_of, list(state.requests.values())))
            is_connected = bool(queues)
        else:
            return
        # A queue that it no longer consumes still has a row while a message of it is held.
        counts = {**dict.fromkeys(queues, 0), **held_now}
        held = [({"queue_name": queue}, count) for queue, count in counts.items() if is_label(queue)]
        yield self._gauge("worker_messages_held", "Messages that the worker holds.", held)
        yield self._gauge("worker_broker_connected", "1: the broker answers.", [({}, is_connected)])
        yield self._counter("worker_leases_renewed", "Leases that were renewed.", [({}, tally.renewed)])
        yield self._counter("worker_leases_lost", "Leases that ran out while their task was here.", [({}, tally.lost)])
        yield self._counter("worker_restored", "Messages of lost workers that it put back.", [({}, tally.restored)])
        # From 0 on: Prometheus does not count a counter's first value as an increase.
        redelivered = {**dict.fromkeys(queues, 0), **tally.redelivered}
        again = [({"queue_name": queue}, count) for queue, count in redelivered.items() if is_label(queue)]
        yield self._counter("worker_redelivered", "Received messages that had lost a worker before.", again)
        rows = [({"queue_name": queue, "reason": reason}, count) for (queue, reason), count in dict(tally.dead).items()]
        yield self._counter("worker_dead_letters", "Messages that it moved to the dead letters.", rows)

    def _of_consuming(self, queues: list[str]) -> Iterator[Metric]:
        counts = (
            ("active_consumer_count", "Consumers of a queue.", 1),
            ("active_worker_count", "Workers that consume a queue.", 1),
            ("active_process_count", "Tasks that these workers may run at a time.", self._slots),
        )
        for name, text, count in counts:
            family = GaugeMetricFamily(f"celery_{name}", text, labels=["queue_name"])
            for queue in queues:
                family.add_metric([queue], count)
            yield family

    def _measure(self, queues: list[str]) -> BrokerMetrics:
        leases = self.leases
        if leases is None or not queues or leases.measuring.problem():
            return BrokerMetrics()
        try:
            return leases.measuring.measure(queues)
        except (RedisError, OSError) as error:  # the outage has its own lines
            logger.debug("The queues cannot be measured: %s", error)
            return BrokerMetrics()

    def _contract(self) -> str:
        try:
            return str(json.loads(Path(self._worker.app.conf.get("contract_file") or "").read_text("utf-8"))["hash"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _gauge(self, name: str, text: str, rows: Rows) -> Metric:
        return self._family(GaugeMetricFamily, name, text, rows)

    def _counter(self, name: str, text: str, rows: Rows) -> Metric:
        return self._family(CounterMetricFamily, name, text, rows)

    def _family(self, kind: type[GaugeMetricFamily | CounterMetricFamily], name: str, text: str, rows: Rows) -> Metric:
        labels = list(rows[0][0]) if rows else []
        family = kind(f"celery_{name}", text, labels=["hostname", *labels])
        for row, value in rows:
            family.add_metric([self.hostname, *row.values()], float(value))
        return family


def _of_broker(found: BrokerMetrics) -> Iterator[Metric]:
    of_queues = (
        ("queue_length", "Messages that wait in a queue, of all priorities.", "waiting"),
        ("queue_dead_letters", "Dead letters of a queue.", "dead"),
        ("queue_messages_parked", "Messages of a queue that wait for a far eta.", "parked"),
        ("queue_oldest_message_age_seconds", "How long the message that is taken next has waited.", "oldest_s"),
    )
    for name, text, field in of_queues:
        family = GaugeMetricFamily(f"celery_{name}", text, labels=["queue_name"])
        for queue in found.queues:
            family.add_metric([queue.queue], getattr(queue, field) or 0)
        yield family
    of_database = (
        ("broker_messages_held", "Messages that workers hold, of the whole database.", found.held),
        ("broker_messages_parked", "Messages that wait for a far eta, of the whole database.", found.parked),
        ("broker_memory_used_bytes", "Memory that the server uses.", found.memory),
        ("broker_memory_limit_bytes", "The server's maxmemory; 0: none.", found.memory_limit),
    )
    for name, text, value in of_database:
        if value is not None:
            yield GaugeMetricFamily(f"celery_{name}", text, value=value)
