"""The spans of a Node client and worker in one process, in OpenTelemetry's own memory exporter."""

import subprocess
from pathlib import Path

from scripts.paths import TELEMETRY_PROJECT
from tests.support.template import copy_with_packages


def test_node_spans(tmp_path: Path) -> None:
    clone = copy_with_packages(tmp_path / "clone", TELEMETRY_PROJECT)
    (clone / "tests/telemetry/node_modules").symlink_to(TELEMETRY_PROJECT / "node_modules")

    done = subprocess.run(
        ["node", "--test", "--test-timeout=60000", "tests/telemetry/traces.test.js"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )

    assert done.returncode == 0, done.stdout
