"""Pods reach what they need, and nothing else."""

import pytest

from tests.deploy.rendering import Manifests, rendered


def test_nothing_is_open_that_no_policy_opens(manifests: Manifests) -> None:
    policies = {each["metadata"]["name"]: each["spec"] for each in manifests.of("NetworkPolicy")}

    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, spec in policies.items():
        for rule in [*spec.get("ingress", []), *spec.get("egress", [])]:
            assert rule.get("ports"), f"{name} opens every port"
            assert rule.get("from") or rule.get("to"), f"{name} is open for all"
    for workload in manifests.workloads:
        if workload.name != "valkey":
            selected = policies["server"]["podSelector"]["matchLabels"].items()
            assert selected <= workload.labels.items(), f"{workload.name} cannot reach the server"


@pytest.mark.parametrize(
    ("overlay", "ports"),
    [
        ("local", {6379}),
        ("production", {6379}),
        ("managed-redis", {6379, 6380}),
        ("rabbitmq", {6379, 5671, 5672}),
        ("postgres", {6379, 5432}),
    ],
)
def test_the_ports_of_each_server_are_open(overlay: str, ports: set[int]) -> None:
    (rule,) = rendered(overlay).named("NetworkPolicy", "server")["spec"]["egress"]

    assert {each["port"] for each in rule["ports"]} == ports


def test_collectors_and_sentry_are_reached_and_no_private_address() -> None:
    spec = rendered("telemetry").named("NetworkPolicy", "telemetry")["spec"]

    collector, sentry = spec["egress"]
    assert [each["port"] for each in collector["ports"]] == [4318]
    assert [each["port"] for each in sentry["ports"]] == [443]
    assert {"10.0.0.0/8", "169.254.0.0/16"} <= set(sentry["to"][0]["ipBlock"]["except"])
