"""Overlays of a team: its own queue, in ten lines that can be copied, and a second installation."""

import re
import shutil
from pathlib import Path

from scripts.paths import ROOT
from tests.deploy import test_invariants
from tests.deploy.rendering import Workload, rendered, rendered_at


def test_the_queue_of_a_team_takes_ten_lines() -> None:
    text = (ROOT / "deploy/kubernetes/queues/gpu-queue/kustomization.yaml").read_text("utf-8")
    manifests = rendered("gpu-queue")
    gpu = Workload(manifests.named("Deployment", "gpu-py-worker"))

    changed = text.partition("\npatches:")[2].splitlines()
    assert len(changed) <= 10
    assert manifests.environment(gpu)["JOBS_PY_QUEUES"] == "gpu-queue"
    assert gpu.pod["nodeSelector"]
    assert gpu.pod["tolerations"]


def test_a_copied_queue_works_in_the_overlay_of_the_page(tmp_path: Path) -> None:
    """As a reader does it: copies the folder of the queue, changes its names, and writes the overlay."""
    kubernetes = copied(tmp_path)
    queue = kubernetes / "queues/gpu-queue/kustomization.yaml"
    written(kubernetes / "queues/mail-queue", queue.read_text().replace("gpu-", "mail-"))
    page = (ROOT / "docs/kubernetes.md").read_text("utf-8")
    (overlay,) = re.findall(r"```yaml\n(resources: \[../production.+?)```", page, re.DOTALL)

    manifests = rendered_at(written(kubernetes / "overlays/own", overlay.replace("gpu-queue", "mail-queue")))

    mail = Workload(manifests.named("Deployment", "mail-py-worker"))
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in manifests.of("ScaledObject")}
    assert scaled == {"py-worker", "js-worker"}
    assert mail.document["spec"]["replicas"] == 1
    assert manifests.environment(mail)["JOBS_PY_QUEUES"] == "mail-queue"
    assert "server-ca" in {volume["name"] for volume in mail.pod["volumes"]}
    assert "/py_worker:" in mail.container["image"]
    for check in (
        test_invariants.test_a_selector_finds_the_pods_of_one_workload,
        test_invariants.test_every_reference_has_its_target,
    ):
        check(manifests)


def test_a_second_installation_has_a_namespace_of_its_own(tmp_path: Path) -> None:
    overlay = "namespace: second\nresources: [../production]\n"

    manifests = rendered_at(written(copied(tmp_path) / "overlays/second", overlay))

    test_invariants.test_everything_is_in_one_namespace(manifests)
    assert manifests.of("Namespace")[0]["metadata"]["name"] == "second"


def copied(folder: Path) -> Path:
    """The manifests, in a folder that a test may change."""
    for name in ("deploy", "configmaps"):
        shutil.copytree(ROOT / name, folder / name)
    return folder / "deploy/kubernetes"


def written(folder: Path, kustomization: str) -> Path:
    """A new folder with this kustomization."""
    folder.mkdir()
    (folder / "kustomization.yaml").write_text(kustomization)
    return folder
