"""The template with two releases, clones of it, and `make update` in them."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import template
from scripts.version import PLACES, with_version
from tests.scripts.conftest import Target
from tests.support.git_repository import ENVIRONMENT, Repository
from tests.support.template import SELDOM_NEEDED

# Files take time to add and to check out. Nothing that happens here needs these.
BIG = (*SELDOM_NEEDED, "node/celery-js/src", "node/celery-js/types")
CHANGES = "### Added\n\n- A page about moons.\n\n"

MakeClone = Callable[..., Repository]


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The template with two releases, and with a commit between them."""
    made = Repository(tmp_path_factory.mktemp("template") / "template")
    template.copy_to(made.folder, BIG)
    # These tests also run in clones, which have made choices.
    made.write(".template.json", json.dumps({"source": "", "version": "0.1.0"}, indent=2) + "\n")
    made.init()
    made.git("tag", "v0.1.0")
    made.replace("SECURITY.md", "five working days", "four working days")
    made.commit("An answer comes sooner")
    made.git("tag", "between")
    made.write(".template.json", json.dumps({"source": "", "version": "0.2.0"}, indent=2) + "\n")
    for name, before in PLACES:
        if (made.folder / name).exists():
            made.write(name, with_version(before, "0.2.0", made.read(name)))
    made.replace("CHANGELOG.md", "## Unreleased\n", f"## Unreleased\n\n## 0.2.0\n\n{CHANGES}")
    made.write("docs/moons.md", "# Moons\n")
    made.write("node/js_workers/moons.js", "export const moons = 2;\n")
    made.write("python/celery-reliable/celery_reliable/moons.py", '"""Moons."""\n')
    made.write("scripts/moons.py", '"""Moons."""\n')
    made.replace("docs/monitoring.md", "# Monitoring", "# Monitoring and moons")
    made.replace("SECURITY.md", "# Security", "# Security and moons")
    (made.folder / "docs" / "runbook.md").unlink()
    app = 'celery_app = Celery("'
    made.replace("python/py_workers/worker.py", app, f"# Moons.\n{app}")
    made.commit("Moons")
    made.git("tag", "v0.2.0")
    return made


@pytest.fixture(scope="session")
def pristine(upstream: Repository, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Returns a clone as "Use this template" makes it: the files of a version, in its own history."""
    made: dict[str, Path] = {}

    def of(version: str) -> Path:
        if version not in made:
            folder = made[version] = tmp_path_factory.mktemp("pristine") / "clone"
            folder.mkdir()
            archive = folder.with_suffix(".tar")
            upstream.git("archive", "--output", str(archive), version)
            shutil.unpack_archive(archive, folder)
            Repository(folder).init()
        return made[version]

    return of


@pytest.fixture
def make_clone(pristine: Callable[[str], Path], tmp_path: Path) -> Iterator[MakeClone]:
    """`make_clone(version="v0.1.0")` makes a clone of that version."""
    folder = tmp_path / "clone"

    def make(version: str = "v0.1.0") -> Repository:
        shutil.copytree(pristine(version), folder, symlinks=True)
        made = Repository(folder)
        made.git("update-index", "--refresh")  # git would do so later, and some tests compare all files
        return made

    yield make
    shutil.rmtree(folder, ignore_errors=True)


def make(
    target: Target, clone: Repository, *words: str, env: dict[str, str] | None = None
) -> tuple[int, str]:
    return target.run("make", *words, cwd=clone.folder, env={**ENVIRONMENT, **(env or {})})


def update(target: Target, clone: Repository, upstream: Repository, *words: str) -> tuple[int, str]:
    return make(target, clone, "update", f"FROM={upstream.folder}", *words)
