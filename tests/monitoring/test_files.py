"""The dashboard and the rules of deploy/monitoring/ ask for figures that exist, and link to real sections."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from scripts import prometheus
from scripts.paths import NODE_PROJECT, ROOT
from tests.conformance.workers import Target
from tests.monitoring.scraping import StartWatched, read
from tests.support.waiting import wait_until

FOLDER = ROOT / "deploy" / "monitoring"
RULES = FOLDER / "rules.yml"
NAME = re.compile(r"\b(?:celery|process)_[a-z_]+\b")
ALERT = re.compile(
    r"- alert: (?P<alert>\w+)\n +expr:(?P<expr>.*?)\n +(?:for|labels):.*?runbook_url: (?P<url>\S+)", re.DOTALL
)
# In brackets: labels and durations.
BRACKETS = re.compile(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|on|group_left)\s*\([^)]*\)")
AGGREGATION = re.compile(r"\b(?:sum|max|min|avg|count|topk|quantile)\b\s*(?:by|without|\()")
_OF_TASK = {"name", "queue_name"}
# What Grafana's dashboards 17508 and 17509 (celery-exporter) ask for: metrics with their labels, except
# `hostname`, and the name of the job.
OF_CELERY_EXPORTER = {
    "celery_worker_up": set(),
    "celery_worker_tasks_active": set(),
    "celery_queue_length": {"queue_name"},
    "celery_task_runtime_bucket": {*_OF_TASK, "le"},
    "celery_task_runtime_sum": _OF_TASK,
    "celery_task_runtime_count": _OF_TASK,
    "celery_task_failed_total": {*_OF_TASK, "exception"},
    **{
        f"celery_task_{state}_total": _OF_TASK
        for state in ("sent", "received", "succeeded", "retried", "revoked", "rejected")
    },
}
JOB = "celery"


def names_in(expressions: list[str]) -> set[str]:
    """The metrics that PromQL asks for."""
    return {name for expression in expressions for name in NAME.findall(BRACKETS.sub(" ", expression))}


def rules() -> list[dict[str, str]]:
    return [found.groupdict() for found in ALERT.finditer(RULES.read_text())]


def dashboard() -> list[str]:
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_every_figure_that_is_asked_for_is_shown(watch: StartWatched, queue: Target) -> None:
    workers = [watch("reliable"), watch("js")]
    for worker in workers:
        wait_until(worker.is_ready, 30, "a ready worker")
    for _ in range(20):
        queue.send("basic.echo", [1])
    queue.send("retries.retry_until", [1])
    queue.app.send_task("no.such.task", queue="jobs")

    def shown() -> set[str]:
        return {name for worker in workers for name, _ in read(worker.text())}

    asked = names_in([rule["expr"] for rule in rules()]) | names_in(dashboard()) | OF_CELERY_EXPORTER.keys()
    wait_until(lambda: not asked - shown(), 30, f"figures, of which {asked - shown()} were missing at first")
    for worker in workers:
        for name, own in read(worker.text()):
            labels = {label for label, _ in own}
            assert labels == OF_CELERY_EXPORTER.get(name, labels), name


def test_prometheus_gives_its_job_the_name_that_dashboards_ask_for() -> None:
    jobs = re.findall(r"job_name: (\S+)", (FOLDER / "prometheus.yml").read_text())
    monitor = (ROOT / "deploy/kubernetes/components/pod-monitor/pod-monitor.yaml").read_text()

    assert jobs == [JOB]
    assert f"{{ targetLabel: job, replacement: {JOB}, action: replace }}" in monitor


def test_counters_are_shown_as_rates_over_a_window_that_fits_the_scrapes() -> None:
    """Stats show one number for some minutes; a graph's window follows its width and the scrape interval."""
    for panel in json.loads((FOLDER / "dashboard.json").read_text())["panels"]:
        windows = {"$__rate_interval", "1h"} if panel["type"] == "timeseries" else {"5m"}
        for target in panel["targets"]:
            expression = target["expr"]
            assert set(re.findall(r"\[([^\]]+)\]", expression)) <= windows, panel["title"]
            counters = len(re.findall(r"celery_\w+_(?:total|bucket)\b", expression))
            rated = len(re.findall(r"\b(?:rate|increase)\(celery_\w+_(?:total|bucket)\{", expression))
            assert counters == rated, expression


def test_every_panel_has_a_unit_and_every_line_a_name() -> None:
    for panel in json.loads((FOLDER / "dashboard.json").read_text())["panels"]:
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        for target in panel["targets"]:
            assert target["legendFormat"], panel["title"]
            series = len(NAME.findall(BRACKETS.sub(" ", target["expr"])))
            assert target["expr"].count('{namespace=~"$namespace",job=~"$job"}') == series, panel["title"]


def test_no_alert_mixes_namespaces() -> None:
    """In two of them, there may be queues and tasks of the same names."""
    for rule in rules():
        kept = re.findall(r"\b(?:by|on) \(([^)]*)\)", rule["expr"])
        assert len(AGGREGATION.findall(rule["expr"])) == rule["expr"].count("by ("), rule["alert"]
        assert all("namespace" in labels or "instance" in labels for labels in kept), rule["alert"]


def test_every_alert_is_on_the_page() -> None:
    page = (ROOT / "docs/monitoring.md").read_text()

    assert re.findall(r"^\| `(Jobs\w+)`", page, re.MULTILINE) == [rule["alert"] for rule in rules()]


def test_every_metric_is_on_the_page() -> None:
    families = NODE_PROJECT / "node_modules" / "celery-js" / "src" / "transport" / "metrics.js"
    metrics = re.findall(r"^  ((?:celery|process)_\w+): {", families.read_text(), re.MULTILINE)
    page = (ROOT / "docs/monitoring.md").read_text()

    named = set(re.findall(r"`((?:celery|process)_\w+)`", page))
    endings = tuple(re.findall(r"`\.\.\.(_\w+)`", page))  # of a row's other metrics

    assert metrics
    assert [name for name in metrics if name not in named and not name.endswith(endings)] == []


def test_every_alert_leads_to_a_section_of_the_runbook() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "docs/runbook.md").read_text(), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}

    linked = {rule["alert"]: rule["url"] for rule in rules()}

    assert len(linked) == RULES.read_text().count("alert:")
    assert {
        alert: url for alert, url in linked.items() if url.removeprefix("docs/runbook.md#") not in anchors
    } == {}


def test_every_alert_has_a_test() -> None:
    # On a line of their own where an alert is expected.
    tested = re.findall(r"- alertname: (\w+)", (FOLDER / "rules.test.yml").read_text())

    assert set(tested) == {rule["alert"] for rule in rules()}


@pytest.fixture
def promtool() -> Path:
    found = prometheus.binary("promtool")
    if found is None:
        pytest.skip("promtool is in Debian's package prometheus, which cannot be had here")
    return found


def test_the_alerts_fire_when_they_should_and_not_before(promtool: Path) -> None:
    for command, file in (("check", RULES), ("test", FOLDER / "rules.test.yml")):
        words = [str(promtool), command, "rules", str(file)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
