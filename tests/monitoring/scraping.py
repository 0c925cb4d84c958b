"""Workers that answer probes and Prometheus, and what they answer."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.conformance.workers import launch, settings_for
from tests.support.programs import Program
from tests.support.workers import WorkerFactory

KINDS = ("py", "reliable", "js")
# Retries and crashes, one letter each time.
LEASE_S = 2.0

#: Name and labels, without the host, of a series -> its value.
Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Watched:
    """A worker of a kind: "py", "reliable" or "js"."""

    def __init__(self, factory: WorkerFactory, url: str, kind: str, **given: Any) -> None:
        celery = settings_for(url) | {"worker_health_address": "0", "worker_concurrency": 2}
        settings: dict[str, Any] = {"queues": "jobs", "node": {"lease_s": LEASE_S}, **given}
        settings["celery"] = celery | given.get("celery", {})
        if kind == "reliable":
            settings["reliable"] = {"lease_s": LEASE_S}
        language = "js" if kind == "js" else "py"
        self.program: Program = launch(factory, language, settings, given.get("arguments", ()))
        found = self.program.wait_for_log(r"Health checks: (http://127\.0\.0\.1:\d+)")
        self.url = found[1]

    def ask(self, path: str) -> tuple[int, dict[str, Any]]:
        """Return the status and the body of /livez or /readyz."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:  # noqa: S310 - ours
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def is_ready(self) -> bool:
        """Whether /readyz says 200."""
        return self.ask("/readyz")[0] == 200

    def text(self) -> str:
        """Return what /metrics shows."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:  # noqa: S310 - ours
            return str(answer.read().decode())

    def figures(self) -> Figures:
        """Return the figures."""
        return read(self.text())

    def value(self, series: str, /, **labels: str) -> float:
        """Return the sum of the series that have these labels."""
        wanted = set(labels.items())
        return sum(value for (name, own), value in self.figures().items() if name == series and wanted <= own)


def read(text: str) -> Figures:
    """Read Prometheus' text."""
    return {
        (
            sample.name,
            frozenset((name, value) for name, value in sample.labels.items() if name != "hostname"),
        ): (sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def families(text: str) -> dict[str, tuple[str, str, frozenset[str]]]:
    """Return the kind, the help and the labels of each metric that has a series."""
    return {
        family.name: (
            family.type,
            family.documentation,
            frozenset(label for sample in family.samples for label in sample.labels),
        )
        for family in text_string_to_metric_families(text)
        if family.samples
    }


StartWatched = Callable[..., Watched]
