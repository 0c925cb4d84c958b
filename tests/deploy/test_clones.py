"""The manifests of a clone that was renamed, or that has one language only."""

import re
import subprocess
from pathlib import Path

import pytest

from scripts import languages, template
from tests.deploy.rendering import KUBECTL, OVERLAYS
from tests.support.workers import clean_environment


def make(folder: Path, *words: str) -> None:
    done = subprocess.run(
        ["make", *words], cwd=folder, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def everything(clone: Path) -> str:
    """The YAML of all overlays of a clone."""
    folders = [clone / "deploy/kubernetes/overlays" / overlay for overlay in OVERLAYS]
    return "\n".join(
        subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, check=True).stdout
        for folder in folders
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    template.copy_to(tmp_path / "clone")
    return tmp_path / "clone"


def test_the_images_of_a_renamed_clone_have_its_name(clone: Path) -> None:
    make(clone, "rename", "NAME=acme_jobs")

    names = set(re.findall(r"image: (\S+):", everything(clone))) - {"valkey/valkey"}
    compose = (clone / "docker-compose.yml").read_text("utf-8")
    assert {name.rpartition("/")[2] for name in names} == set(re.findall(r"image: (acme_jobs_\w+)", compose))
    assert "py_worker:local" not in (clone / "docs/kubernetes.md").read_text("utf-8").replace(
        "acme_jobs_py_worker", ""
    )


@pytest.mark.skipif(len(languages.PRESENT) == 1, reason="this clone has one language")
@pytest.mark.parametrize("language", languages.BOTH)
def test_a_clone_with_one_language_has_its_manifests_alone(clone: Path, language: str) -> None:
    make(clone, "strip", f"lang={language}")

    text = everything(clone)
    gone, left = {"python": ("py", "js"), "node": ("js", "py")}[language]
    assert f"name: {left}-worker" in text
    assert not re.search(rf"\b{gone}-worker|\bJOBS_{gone.upper()}_(?!Q)|\w*{gone}_(?:worker|monitor):", text)
    folder = clone / "deploy/kubernetes"
    for file in [*folder.rglob("*.yaml"), clone / "configmaps/kustomization.yaml"]:
        words = re.findall(rf"\b(?:{gone}-\w+|\w*{gone}_\w+|both languages)", file.read_text("utf-8"))
        assert words == [], file.relative_to(clone)
