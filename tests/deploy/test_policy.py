"""A scan of the manifests by checkov, with a reason for each rule that they break on purpose."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from scripts.paths import TOOL_DEPLOY
from scripts.processes import Command
from tests.deploy.conftest import Once
from tests.deploy.rendering import OVERLAYS, text

SCAN = Path(__file__).with_name("policy_scan.py")
pytestmark = pytest.mark.timeout(300)

WAIVERS = {
    "CKV_K8S_8": "beat has nothing that would answer a liveness probe; see base/beat.yaml",
    "CKV_K8S_11": "no processor limits: throttling delays renewals of leases and probes",
    "CKV_K8S_15": "a tag never moves, so a node need not ask the registry before it starts a pod again",
    "CKV_K8S_35": "workers read their settings, and so the server's URL, from the environment",
    "CKV_K8S_40": "the images' user is 1000; user namespaces (hostUsers: false) are the cluster's choice",
    "CKV_K8S_43": "tags, not digests: the team's CI sets the tag of each release, or a digest",
}


@pytest.fixture(scope="module")
def broken(once: Once) -> dict[str, dict[str, str]]:
    """The rules that each overlay breaks, each with what it says and one object that breaks it."""
    found: dict[str, dict[str, str]] = json.loads(once("policy", scan))
    return found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_policy_scan_finds_nothing_that_has_no_reason(broken: dict[str, Any], overlay: str) -> None:
    assert broken[overlay].keys() - WAIVERS == set(), broken[overlay]


def test_every_waiver_is_needed(broken: dict[str, Any]) -> None:
    assert set(WAIVERS) - {rule for rules in broken.values() for rule in rules} == set()


def scan() -> str:
    """Returns what `broken` has, as JSON."""
    with tempfile.TemporaryDirectory() as name:
        files = {overlay: Path(name, f"{overlay}.yaml") for overlay in OVERLAYS}
        for overlay, file in files.items():
            file.write_text(text(overlay))
        command: Command = [TOOL_DEPLOY / "bin" / "python", SCAN, *files.values()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(done.stdout)
        found = {overlay: report[str(file)] for overlay, file in files.items()}
    assert all(each["passed"] > 100 for each in found.values()), "it has read the objects"
    return json.dumps({overlay: each["failed"] for overlay, each in found.items()})
