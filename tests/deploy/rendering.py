"""Renders the overlays of deploy/kubernetes as `kubectl apply -k` would."""

import base64
import json
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scripts.paths import ROOT, TOOL_DEPLOY

KUBERNETES = ROOT / "deploy" / "kubernetes"
OVERLAYS = sorted(path.parent.name for path in KUBERNETES.glob("overlays/*/kustomization.yaml"))
KUBECTL = TOOL_DEPLOY / "bin" / "kubectl"
# Our own virtual environment has no YAML reader; that of the tools has one.
TO_JSON = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin)), default=str))"

Document = dict[str, Any]


@cache
def text(overlay: str) -> str:
    """The YAML of an overlay. Raises AssertionError, with Kustomize's message, when it cannot be rendered."""
    return _kustomized(KUBERNETES / "overlays" / overlay)


@cache
def rendered(overlay: str) -> "Manifests":
    """The objects of an overlay."""
    return Manifests(documents_in(text(overlay)))


def rendered_at(folder: Path) -> "Manifests":
    """The objects of an overlay in any folder."""
    return Manifests(documents_in(_kustomized(folder)))


def _kustomized(folder: Path) -> str:
    done = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def documents_in(yaml: str) -> list[Document]:
    """The documents of a YAML text."""
    command: list[str | Path] = [TOOL_DEPLOY / "bin" / "python", "-c", TO_JSON]
    done = subprocess.run(command, input=yaml, capture_output=True, text=True, check=True)
    documents: list[Document] = json.loads(done.stdout)
    return documents


@dataclass(frozen=True)
class Workload:
    """A Deployment or StatefulSet, with its only container."""

    document: Document

    @property
    def name(self) -> str:
        return str(self.document["metadata"]["name"])

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        labels: dict[str, str] = self.document["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def pod(self) -> Document:
        pod: Document = self.document["spec"]["template"]["spec"]
        return pod

    @property
    def container(self) -> Document:
        (container,) = self.pod["containers"]
        return dict(container)

    @property
    def is_worker(self) -> bool:
        return self.labels.get("app.kubernetes.io/component") == "worker"


@dataclass(frozen=True)
class Manifests:
    """The objects of an overlay."""

    documents: list[Document]

    def of(self, kind: str) -> list[Document]:
        """The objects of a kind."""
        return [document for document in self.documents if document["kind"] == kind]

    def named(self, kind: str, name: str) -> Document:
        """The object of a kind with this name."""
        (found,) = [document for document in self.of(kind) if document["metadata"]["name"] == name]
        return found

    @property
    def workloads(self) -> list[Workload]:
        return [Workload(document) for kind in ("Deployment", "StatefulSet") for document in self.of(kind)]

    @property
    def secrets(self) -> dict[str, dict[str, str]]:
        """The decoded values of the Secrets by name."""
        return {
            secret["metadata"]["name"]: {
                key: base64.b64decode(value).decode() for key, value in secret["data"].items()
            }
            for secret in self.of("Secret")
        }

    def environment(
        self, workload: Workload, others: dict[str, dict[str, str]] | None = None
    ) -> dict[str, str]:
        """The variables of a workload's container, as the kubelet makes them.

        `others` has Secrets that the overlay only refers to. A variable from one that is missing is
        `<name of the Secret>/<key>`.
        """
        secrets = self.secrets | (others or {})
        found: dict[str, str] = {}
        for source in workload.container.get("envFrom", []):
            found |= self.named("ConfigMap", source["configMapRef"]["name"])["data"]
        for variable in workload.container.get("env", []):
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            if reference is None:
                found[variable["name"]] = variable["value"]
            else:
                given = secrets.get(reference["name"], {})
                found[variable["name"]] = given.get(
                    reference["key"], f"{reference['name']}/{reference['key']}"
                )
        return found
