"""KEDA starts pods for what waits, and never wants fewer than run tasks."""

import math
import re

import pytest

from scripts.paths import ROOT
from tests.deploy.rendering import Document, Manifests, Workload, rendered

SCALED = ("keda", "keda-prometheus")


@pytest.mark.parametrize("overlay", SCALED)
def test_a_workload_that_keda_scales_has_no_number_of_its_own(overlay: str) -> None:
    manifests = rendered(overlay)
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in manifests.of("ScaledObject")}

    assert scaled == {worker.name for worker in manifests.workloads if worker.is_worker}
    for workload in manifests.workloads:
        assert ("replicas" in workload.document["spec"]) is (workload.name not in scaled)


@pytest.mark.parametrize("overlay", SCALED)
@pytest.mark.parametrize("waiting", [0, 1, 25])
@pytest.mark.parametrize("of_others", [0, 7, 500])
def test_keda_never_wants_fewer_pods_than_run_tasks(overlay: str, waiting: int, of_others: int) -> None:
    """Nor more, because the other language's tasks run."""
    manifests = rendered(overlay)
    for scaled in manifests.of("ScaledObject"):
        per_pod = held_per_pod(manifests, scaled["spec"]["scaleTargetRef"]["name"])
        for pods in range(1, 6):
            for running in range(pods * per_pod + 1):
                # The server knows what both languages hold, Prometheus what these pods hold.
                held = running + of_others if overlay == "keda" else running
                wanted = desired(scaled, waiting, held, pods)
                assert wanted >= -(-(waiting + running) // per_pod), scaled["metadata"]["name"]
                assert waiting or wanted <= pods


def test_no_data_from_prometheus_stops_no_pod() -> None:
    """KEDA takes a query without a result for 0, unless the trigger declares this an error."""
    for scaled in rendered("keda-prometheus").of("ScaledObject"):
        assert all(each["metadata"]["ignoreNullValues"] == "false" for each in scaled["spec"]["triggers"])


def test_prometheus_is_asked_for_metrics_that_workers_show() -> None:
    page = (ROOT / "docs/monitoring.md").read_text("utf-8")
    for scaled in rendered("keda-prometheus").of("ScaledObject"):
        for trigger in scaled["spec"]["triggers"]:
            query = trigger["metadata"]["query"]
            (metric,) = re.findall(r"celery_\w+", query)
            assert f"`{metric}`" in page
            assert f"{{namespace='{scaled['metadata']['namespace']}',queue_name=" in query


def test_keda_wants_more_pods_for_a_queue_that_is_old() -> None:
    for scaled in rendered("keda-prometheus").of("ScaledObject"):
        fresh, old, older = (desired(scaled, 100, 0, 1, age) for age in (30, 120, 3600))
        assert (old, older) == (2 * fresh, 4 * fresh)


def test_keda_counts_the_lists_of_every_priority() -> None:
    for scaled in rendered("keda").of("ScaledObject"):
        lists = [each["metadata"].get("listName") for each in scaled["spec"]["triggers"]]
        queue = lists[0]
        assert lists == [queue, *(f"{queue}\x06\x16{step}" for step in (3, 6, 9)), "celery.leases", None]
        names = {each["name"] for each in scaled["spec"]["triggers"]}
        formula = scaled["spec"]["advanced"]["scalingModifiers"]["formula"]
        assert set(re.findall(r"[a-z]+\d?(?![\w(])", formula)) == names


def desired(scaled: Document, waiting: int, held: int, pods: int, age: int = 0) -> int:
    """The number of pods that KEDA's formula and the autoscaler's division give."""
    modifiers = scaled["spec"]["advanced"]["scalingModifiers"]
    values = {"waiting": waiting, "waiting0": waiting, "waiting3": 0, "waiting6": 0, "waiting9": 0}
    values |= {"held": held, "pods": pods, "age": age}
    # Our own manifest, in a language that is Python here.
    total: float = eval(modifiers["formula"], {"min": min, "max": max}, values)  # noqa: S307
    return max(math.ceil(total / int(modifiers["target"])), int(scaled["spec"]["minReplicaCount"]))


def held_per_pod(manifests: Manifests, name: str) -> int:
    """How many tasks a pod takes at most."""
    environment = manifests.environment(Workload(manifests.named("Deployment", name)))
    if "JOBS_JS_CONCURRENCY" in environment:
        return int(environment["JOBS_JS_CONCURRENCY"]) * int(environment["JOBS_JS_PREFETCH_MULTIPLIER"])
    return int(environment["JOBS_PY_CONCURRENCY"])
