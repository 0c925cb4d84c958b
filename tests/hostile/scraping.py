"""Scrapes a worker's /metrics ten times a second while hostile messages arrive; notes each wrong answer."""

import math
import threading
import urllib.request
from collections.abc import Iterable

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

PAUSE_S = 0.1
ANSWERS_WITHIN_S = 10.0
# What docs/monitoring.md promises, with room for the worker's own series: senders cannot exceed it.
MOST_OF_A_FAMILY = 501
LONGEST_LABEL = 300
MOST_BYTES = 2_000_000
MOST_PROBLEMS = 5

Series = tuple[str, frozenset[tuple[str, str]]]


class Scraper:
    """A thread that asks until `stop`. `problems` says what was wrong, and is empty if nothing was."""

    def __init__(self, url: str) -> None:
        self.problems: list[str] = []
        self.scrapes = 0
        self.last: dict[Series, float] = {}
        self._url = f"{url}/metrics"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def labels(self, family: str, label: str) -> set[str]:
        """Returns the values of a label."""
        return {dict(labels)[label] for name, labels in self.last if name.startswith(family)}

    def stop(self) -> None:
        """Scrapes no more."""
        self._stopping.set()
        self._thread.join(ANSWERS_WITHIN_S)

    def _run(self) -> None:
        while not self._stopping.wait(PAUSE_S) and len(self.problems) < MOST_PROBLEMS:
            try:
                self._scrape()
            except Exception as error:
                self.problems.append(f"scrape {self.scrapes}: {error!r}")
            self.scrapes += 1

    def _scrape(self) -> None:
        with urllib.request.urlopen(self._url, timeout=ANSWERS_WITHIN_S) as answer:  # noqa: S310 - ours
            assert answer.status == 200
            text = answer.read().decode("utf-8")
        assert len(text) < MOST_BYTES, f"{len(text)} characters"
        families = list(text_string_to_metric_families(text))
        for family in families:
            assert family.type in {"counter", "gauge", "histogram"}, f"{family.name} is {family.type}"
        found = _series(families)
        self._compare(found, {family.name for family in families if family.type == "counter"})
        self.last = found

    def _compare(self, found: dict[Series, float], counters: Iterable[str]) -> None:
        growing = {f"{name}_total" for name in counters}
        for (name, labels), value in found.items():
            assert math.isfinite(value), f"{name}{dict(labels)} is {value}"
            grows = name in growing or name.endswith(("_bucket", "_count", "_sum"))
            assert not grows or value >= self.last.get((name, labels), 0), f"{name}{dict(labels)} went back"
        assert not grown_smaller(self.last, found, growing), "a counter is gone"


def grown_smaller(before: Iterable[Series], after: Iterable[Series], growing: Iterable[str]) -> set[Series]:
    """Returns the counters that were shown and are no longer."""
    return {series for series in set(before) - set(after) if series[0] in set(growing)}


def _series(families: Iterable[Metric]) -> dict[Series, float]:
    found: dict[Series, float] = {}
    for family in families:
        rows = {
            frozenset(sample.labels.items() - {("le", sample.labels.get("le"))}) for sample in family.samples
        }
        assert len(rows) <= MOST_OF_A_FAMILY, f"{family.name} has {len(rows)} series"
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, f"{sample.name}{sample.labels} is shown twice"
            assert all(len(value) <= LONGEST_LABEL for value in sample.labels.values()), family.name
            found[key] = sample.value
    return found
