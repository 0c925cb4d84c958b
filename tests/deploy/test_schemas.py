"""Kubernetes and the operators would accept every object: no field is misspelt, none has the wrong type."""

import json
import re
import subprocess
from copy import deepcopy
from pathlib import Path

import pytest

from scripts.paths import ROOT, TOOL_DEPLOY
from tests.deploy.rendering import OVERLAYS, Document, documents_in, rendered

# Those that are still maintained, and the oldest that docs/kubernetes.md promises.
VERSIONS = ("1.37", "1.36", "1.35", "1.31")
OF_OPERATORS = ("keda.sh/v1alpha1", "monitoring.coreos.com/v1")


def check(command: list[str | Path], documents: list[Document]) -> str:
    """The complaints of a validator; empty if it accepts them."""
    done = subprocess.run(command, input=json.dumps(documents), capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr or "refused"


def kubernetes(documents: dict[str, Document], version: str, folder: Path) -> str:
    """The complaints about documents, by names for their files."""
    files = []
    for name, document in documents.items():
        files.append(folder / f"{name}.yaml")
        files[-1].write_text(json.dumps(document))
    return check(
        [TOOL_DEPLOY / "bin" / "kubernetes-validate", "--strict", "--quiet", "-k", version, *files], []
    )


def operators(documents: list[Document]) -> str:
    return check([TOOL_DEPLOY / "bin" / "python", Path(__file__).with_name("operator_schemas.py")], documents)


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_knows_every_field(version: str, tmp_path: Path) -> None:
    """Of every overlay; what several have alike is checked once, because a check takes long to start."""
    documents: dict[str, tuple[str, Document]] = {}
    for overlay in OVERLAYS:
        for each in rendered(overlay).documents:
            if each["apiVersion"] not in OF_OPERATORS:
                name = f"{overlay}-{each['kind']}-{each['metadata']['name']}"
                documents.setdefault(json.dumps(each, sort_keys=True), (name, each))

    assert kubernetes(dict(documents.values()), version, tmp_path) == ""


@pytest.mark.parametrize("overlay", ["keda", "keda-prometheus"])
def test_the_operators_know_every_field(overlay: str) -> None:
    documents = [each for each in rendered(overlay).documents if each["apiVersion"] in OF_OPERATORS]

    assert len(documents) >= 2
    assert operators(documents) == ""


def test_the_operator_knows_every_field_of_the_alerts() -> None:
    """As the command of docs/kubernetes.md makes them."""
    page = (ROOT / "docs/kubernetes.md").read_text("utf-8")
    (command,) = re.findall(r"```sh\n(.+?) \| kubectl apply -f -\n```", page, re.DOTALL)
    made = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    (rule,) = documents_in(made)

    assert rule["spec"] == documents_in((ROOT / "deploy/monitoring/rules.yml").read_text("utf-8"))[0]
    assert operators([rule]) == ""


def test_a_misspelt_field_is_found(tmp_path: Path) -> None:
    """Otherwise the tests above would prove nothing."""
    worker, scaled = (deepcopy(rendered("keda").of(kind)[0]) for kind in ("Deployment", "ScaledObject"))
    worker["spec"]["template"]["spec"]["terminationGraceSeconds"] = 60
    scaled["spec"]["maxReplicas"] = 3
    monitor = deepcopy(rendered("keda-prometheus").of("PodMonitor")[0])
    monitor["spec"]["podMetricsEndpoints"][0]["scrapeInterval"] = "15s"

    assert "terminationGraceSeconds" in kubernetes({"worker": worker}, VERSIONS[0], tmp_path)
    assert "maxReplicas" in operators([scaled])
    assert "scrapeInterval" in operators([monitor])
