"""What must hold in every overlay, whatever a team changes in it."""

import json
import re
import subprocess
from functools import cache

import pytest

from scripts.env_files import read_env_file
from scripts.paths import CONFIGMAPS, NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV_PYTHON
from scripts.processes import Command
from tests.deploy.rendering import OVERLAYS, Manifests, rendered
from tests.support.workers import clean_environment

# A stopping worker gets this much longer than its tasks: it settles, puts back and disconnects.
SETTLES_WITHIN_S = 15
PY_CHECK = "from py_workers.config import celery_settings; celery_settings()"
JS_CHECK = """
import("./js_workers/config.js")
  .then((config) => config.celerySettings())
  .catch((error) => { console.error(error.message); process.exit(1); });
"""
# Of managed Redis, RabbitMQ and their like; the checks of settings want real URLs.
SERVER = {"broker-url": "redis://server:6379/0", "result-backend": "redis://server:6379/0"}
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def test_there_is_an_overlay_for_each_case() -> None:
    assert {"local", "production", "keda"} <= set(OVERLAYS)


def test_the_settings_are_those_of_configmaps() -> None:
    values: dict[str, str] = {}
    read_env_file(CONFIGMAPS / "shared.env", {}, values)

    (found,) = [
        document["data"]
        for document in rendered("local").of("ConfigMap")
        if document["metadata"]["name"].startswith("jobs-shared-")
    ]

    assert found == values


def test_no_name_is_given_twice(manifests: Manifests) -> None:
    names = [(each["kind"], each["metadata"]["name"]) for each in manifests.documents]

    assert sorted(names) == sorted(set(names))


def test_everything_is_in_one_namespace(manifests: Manifests) -> None:
    (namespace,) = manifests.of("Namespace")
    others = [each["metadata"].get("namespace") for each in manifests.documents if each is not namespace]

    assert set(others) == {namespace["metadata"]["name"]}
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_a_pod_has_no_rights(manifests: Manifests) -> None:
    for workload in manifests.workloads:
        pod, container = workload.pod, workload.container
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == RESTRICTED, workload.name
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert pod["serviceAccountName"] == "jobs"


def test_a_worker_has_time_to_stop(manifests: Manifests) -> None:
    workers = [workload for workload in manifests.workloads if workload.is_worker]

    assert workers
    for worker in workers:
        environment = manifests.environment(worker)
        drain = int(environment["JOBS_SOFT_SHUTDOWN_TIMEOUT_S"])
        assert worker.pod["terminationGracePeriodSeconds"] >= drain + SETTLES_WITHIN_S
        if "JOBS_PY_QUEUES" in environment:
            assert environment["REMAP_SIGTERM"] == "SIGQUIT", "Celery would wait without a limit"


def test_a_rolling_update_never_has_fewer_workers(manifests: Manifests) -> None:
    for workload in manifests.workloads:
        spec = workload.document["spec"]
        if workload.is_worker:
            assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        elif workload.name == "beat":
            assert (spec["strategy"]["type"], spec["replicas"]) == ("Recreate", 1)


def test_probes_ask_ports_that_are_there(manifests: Manifests) -> None:
    for workload in manifests.workloads:
        ports = {port["name"]: port["containerPort"] for port in workload.container.get("ports", [])}
        probes = {
            name: workload.container[f"{name}Probe"]
            for name in ("startup", "readiness", "liveness")
            if f"{name}Probe" in workload.container
        }
        assert probes
        for probe in probes.values():
            assert "exec" in probe or probe["httpGet"]["port"] in ports
        if workload.is_worker:
            assert {name: probe["httpGet"]["path"] for name, probe in probes.items()} == {
                "startup": "/livez",  # /readyz would restart new workers while the server is away
                "readiness": "/readyz",
                "liveness": "/livez",
            }
            address = manifests.environment(workload)["JOBS_HEALTH_ADDRESS"]
            assert address == f"0.0.0.0:{ports['health']}"
            annotations = workload.document["spec"]["template"]["metadata"]["annotations"]
            assert annotations["prometheus.io/port"] == str(ports["health"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_workers_accept_every_variable(overlay: str) -> None:
    manifests = rendered(overlay)
    for workload in manifests.workloads:
        environment = manifests.environment(workload, {"jobs-server": SERVER})
        settings = {name: value for name, value in environment.items() if name.startswith("JOBS_")}
        if not settings:
            continue
        is_python = workload.container["image"].partition(":")[0].rpartition("/")[2] != js_image()
        refusal = refusal_of(frozenset(settings.items()), is_python=is_python)
        assert not refusal, f"{overlay}, {workload.name}: {refusal}"


@cache
def refusal_of(settings: frozenset[tuple[str, str]], *, is_python: bool) -> str:
    """What a worker says of its settings; empty if it accepts them. Most overlays have the same ones."""
    command: Command = [VENV_PYTHON, "-c", PY_CHECK] if is_python else ["node", "-e", JS_CHECK]
    done = subprocess.run(
        command,
        cwd=PYTHON_PROJECT if is_python else NODE_PROJECT,
        env=clean_environment() | dict(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stderr or "it refuses them"


def test_images_are_those_that_are_built(manifests: Manifests) -> None:
    for workload in manifests.workloads:
        name, _, tag = workload.container["image"].rpartition(":")
        assert tag not in {"", "latest"}, workload.name
        assert name.rpartition("/")[2] in {*built_images(), "valkey"}


def test_a_selector_finds_the_pods_of_one_workload(manifests: Manifests) -> None:
    for workload in manifests.workloads:
        selector = workload.document["spec"]["selector"]["matchLabels"]
        assert found(manifests, selector) == [workload.name]
        for spread in workload.pod.get("topologySpreadConstraints", []):
            assert found(manifests, spread["labelSelector"]["matchLabels"]) == [workload.name]
    for budget in manifests.of("PodDisruptionBudget"):
        assert len(found(manifests, budget["spec"]["selector"]["matchLabels"])) == 1
        assert budget["spec"]["maxUnavailable"] == 1, "minAvailable would block drains of a single pod"
    for service in manifests.of("Service"):
        assert len(found(manifests, service["spec"]["selector"])) == 1


def test_every_worker_has_a_disruption_budget(manifests: Manifests) -> None:
    budgets = [
        found(manifests, budget["spec"]["selector"]["matchLabels"])
        for budget in manifests.of("PodDisruptionBudget")
    ]

    assert sorted(budgets) == sorted([worker.name] for worker in manifests.workloads if worker.is_worker)


def test_every_reference_has_its_target(manifests: Manifests) -> None:
    secrets = {each["metadata"]["name"] for each in manifests.of("Secret")}
    for workload in manifests.workloads:
        used = json.dumps(workload.document)
        configs = re.findall(r'"configMapRef": \{"name": "([^"]+)"', used)
        assert configs == [manifests.named("ConfigMap", name)["metadata"]["name"] for name in configs]
        for secret in re.findall(r'"secretKeyRef": \{[^}]*"name": "([^"]+)"', used):
            assert secret in secrets or secret in {"jobs-server", "flower"}, "docs/kubernetes.md makes these"


def test_memory_is_reserved_and_processors_are_not_limited(manifests: Manifests) -> None:
    for workload in manifests.workloads:
        resources = workload.container["resources"]
        assert resources["requests"]["memory"] == resources["limits"]["memory"]
        assert "cpu" in resources["requests"]
        assert "cpu" not in resources["limits"], "throttling delays renewals of leases"


def test_the_pod_monitor_finds_every_worker() -> None:
    manifests = rendered("keda-prometheus")
    (monitor,) = manifests.of("PodMonitor")
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]

    workers = [worker for worker in manifests.workloads if worker.is_worker]
    assert found(manifests, monitor["spec"]["selector"]["matchLabels"]) == [each.name for each in workers]
    for worker in workers:
        assert endpoint["port"] in {port["name"] for port in worker.container["ports"]}


def found(manifests: Manifests, selector: dict[str, str]) -> list[str]:
    """The workloads whose pods a selector matches."""
    return [each.name for each in manifests.workloads if selector.items() <= each.labels.items()]


def built_images() -> set[str]:
    """The images of docker-compose.yml that it builds; `make rename` changes their names."""
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    return set(re.findall(r"^    image: (\w+)\n    build:", compose, re.MULTILINE))


def js_image() -> str:
    (name,) = [name for name in built_images() if name.endswith("js_worker")]
    return name
