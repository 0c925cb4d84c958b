"""A scan of the manifests by checkov, with a reason for each rule that they break on purpose."""

import json
import subprocess
import tempfile
from functools import cache

import pytest

from scripts.paths import TOOL_DEPLOY
from scripts.processes import Command
from tests.deploy.rendering import OVERLAYS, text

# In one process, which scans each overlay once.
pytestmark = [pytest.mark.xdist_group("policy"), pytest.mark.timeout(300)]

WAIVERS = {
    "CKV_K8S_8": "beat has nothing that would answer a liveness probe; see base/beat.yaml",
    "CKV_K8S_11": "no processor limits: throttling delays renewals of leases and probes",
    "CKV_K8S_15": "a tag never moves, so a node need not ask the registry before it starts a pod again",
    "CKV_K8S_35": "workers read their settings, and so the server's URL, from the environment",
    "CKV_K8S_40": "the images' user is 1000; user namespaces (hostUsers: false) are the cluster's choice",
    "CKV_K8S_43": "tags, not digests: the team's CI sets the tag of each release, or a digest",
}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_policy_scan_finds_nothing_that_has_no_reason(overlay: str) -> None:
    assert broken_rules(overlay).keys() - WAIVERS == set(), broken_rules(overlay)


def test_every_waiver_is_needed() -> None:
    broken = {rule for overlay in OVERLAYS for rule in broken_rules(overlay)}

    assert set(WAIVERS) - broken == set()


@cache
def broken_rules(overlay: str) -> dict[str, str]:
    """The rules that an overlay breaks, each with what it says and one object that breaks it."""
    command: Command = [
        TOOL_DEPLOY / "bin" / "checkov",
        "--framework",
        "kubernetes",
        "--output",
        "json",
        "--compact",
        "--quiet",
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text(overlay))
        file.flush()
        done = subprocess.run(
            [*command, "--skip-download", "--soft-fail", "--file", file.name],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["passed"] > 100, "it has read the objects"
    return {
        each["check_id"]: f"{each['check_name']}: {each['resource']}"
        for each in report["results"]["failed_checks"]
    }
