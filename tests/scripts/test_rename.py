"""`make rename`: the company's names, all of them or none; `make test-clone` runs what comes out of it."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts import template
from scripts.paths import TOOL_POETRY
from tests.scripts.conftest import FakeProgram, Target
from tests.support.template import contents


@dataclass(frozen=True)
class Renamed:
    """A clone that has become acme_jobs: what was in it, and what was printed."""

    folder: Path
    before: dict[str, bytes]
    output: str


@pytest.fixture(scope="module")
def kept(module_target: Target, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that no test changes.

    Its name is one that none of the tests gives: they also run in clones that have been renamed.
    """
    folder = tmp_path_factory.mktemp("kept") / "clone with spaces"
    template.copy_to(folder)
    retitle(folder, "Background jobs in Python and JavaScript")
    rename(module_target, folder, "the_first_name")
    return folder


@pytest.fixture(scope="module")
def renamed(module_target: Target, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Renamed:
    """Another copy, after its rename."""
    folder = shutil.copytree(kept, tmp_path_factory.mktemp("renamed") / kept.name)
    return Renamed(folder, contents(folder), rename(module_target, folder, "acme_jobs"))


@pytest.fixture
def clone(kept: Path, tmp_path: Path) -> Path:
    """A copy of the test's own."""
    return shutil.copytree(kept, tmp_path / kept.name)


def retitle(clone: Path, title: str) -> None:
    readme = clone / "README.md"
    readme.write_text(re.sub(r"\A# .*", f"# {title}", readme.read_text()))


def rename(target: Target, clone: Path, name: str) -> str:
    exit_code, output = target.run("make", "rename", f"NAME={name}", cwd=clone)
    assert exit_code == 0, output
    return output


def test_packages_apps_and_title_have_the_new_name(renamed: Renamed) -> None:
    clone = renamed.folder
    lock = json.loads((clone / "node/package-lock.json").read_text())
    assert '\nname = "acme-jobs-py-workers"\n' in (clone / "python/pyproject.toml").read_text()
    assert json.loads((clone / "node/package.json").read_text())["name"] == "acme-jobs-js-workers"
    assert lock["name"] == lock["packages"][""]["name"] == "acme-jobs-js-workers"
    assert 'celery_app = Celery("acme_jobs")' in (clone / "python/py_workers/worker.py").read_text()
    assert 'new Celery("acme_jobs", ' in (clone / "node/js_workers/worker.js").read_text()
    assert (
        (clone / "README.md")
        .read_text()
        .startswith("# acme_jobs: background jobs in Python and JavaScript\n")
    )


def test_the_client_packages_have_its_name(renamed: Renamed) -> None:
    clone = renamed.folder
    assert '\nname = "acme-jobs-client"\n' in (clone / "clients/python/pyproject.toml").read_text()
    assert json.loads((clone / "clients/node/package.json").read_text())["name"] == "acme-jobs-client"
    for language in ("python", "node"):
        assert (clone / "clients" / language / "README.md").read_text().startswith("# acme-jobs-client\n")
    for file in ("clients/node/client_example.js", "docs/web-service.md"):
        assert ' from "acme-jobs-client";' in (clone / file).read_text()
    assert "acme-jobs-client-0.1.0.tgz" in (clone / "docs/web-service.md").read_text()


@pytest.mark.long
def test_images_and_the_compose_project_have_its_name(renamed: Renamed) -> None:
    clone = renamed.folder
    compose = (clone / "docker-compose.yml").read_text()
    assert "\nname: acme_jobs\n" in compose
    for language, project in (("py", "python"), ("js", "node")):
        image = f"acme_jobs_{language}_worker"
        makefile = (clone / project / "Makefile").read_text()
        assert f"    image: {image}\n" in compose
        assert f"docker build --tag {image} $(" in makefile
        assert f'docker run --network="host" {image}`' in makefile
        assert f"\n  {language}_worker:\n" in compose, "services keep their names: they are the project's own"
        assert (
            f"\n| `{image}` | `make build-{language}-worker`, " in (clone / "docs/deployment.md").read_text()
        )


@pytest.mark.long
def test_a_second_rename_equals_a_first_one(target: Target, clone: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(clone, other)
    rename(target, clone, "acme_jobs")

    assert "renamed" in rename(target, clone, "b2")
    rename(target, other, "b2")

    assert contents(clone) == contents(other)


@pytest.mark.long
def test_the_same_name_again_changes_nothing(target: Target, clone: Path) -> None:
    rename(target, clone, "acme_jobs")
    before = contents(clone)

    output = rename(target, clone, "acme_jobs")

    assert output == "This clone is already called acme_jobs.\n"
    assert contents(clone) == before


def test_what_is_changed_is_listed_and_nothing_else_is_changed(renamed: Renamed) -> None:
    before, after = renamed.before, contents(renamed.folder)
    listed = re.findall(r"^ +renamed +(\S+): ", renamed.output, re.MULTILINE)
    assert sorted(listed) == sorted(file for file in after if after[file] != before.get(file))
    assert after.keys() == before.keys()
    assert "The folders py_workers and js_workers keep their names" in renamed.output


def test_a_title_of_ones_own_is_left_alone_and_it_is_said(target: Target, clone: Path) -> None:
    retitle(clone, "ACME's jobs")

    output = rename(target, clone, "acme_jobs")

    assert (clone / "README.md").read_text().startswith("# ACME's jobs\n")
    assert "left alone         title: not found in README.md" in output


def test_both_lock_files_are_still_valid(target: Target, renamed: Renamed) -> None:
    clone = renamed.folder
    poetry = shutil.which("poetry") or str(TOOL_POETRY / "bin" / "poetry")

    checked = target.run(poetry, "check", "--lock", cwd=clone / "python")
    installed = target.run("npm", "ci", "--dry-run", "--ignore-scripts", "--offline", cwd=clone / "node")

    assert checked[0] == 0, checked[1]
    assert installed[0] == 0, installed[1]


def test_a_file_that_cannot_be_written_changes_nothing(target: Target, kept: Path) -> None:
    in_the_way = kept / "python" / "pyproject.toml.being-written"
    in_the_way.mkdir()
    before = contents(kept)

    exit_code, output = target.run("make", "rename", "NAME=acme_jobs", cwd=kept)
    in_the_way.rmdir()

    assert exit_code != 0
    assert output.startswith("error: nothing was changed, because a file cannot be written: ")
    assert contents(kept) == before


def test_a_clone_whose_containers_are_there_keeps_its_name(
    target: Target, kept: Path, fake_program: FakeProgram
) -> None:
    before = contents(kept)
    env = fake_program("docker", 'test "$1 $2" = "compose ps" && echo 0123456789ab')

    exit_code, output = target.run("make", "rename", "NAME=acme_jobs", cwd=kept, env=env)

    assert exit_code != 0
    assert output.splitlines()[0] == (
        "error: this clone has containers, which Compose would not find under another name: "
        "run `make workers_down` first"
    )
    assert contents(kept) == before


@pytest.mark.long
def test_rename_works_without_a_docker_engine(target: Target, clone: Path, fake_program: FakeProgram) -> None:
    env = fake_program("docker", "echo Cannot connect to the Docker daemon >&2; exit 1")

    exit_code, output = target.run("make", "rename", "NAME=acme_jobs", cwd=clone, env=env)

    assert exit_code == 0, output


def test_a_wrong_name_is_one_sentence_and_nothing_is_changed(target: Target, kept: Path) -> None:
    before = contents(kept)
    for name in ("Acme", "acme-jobs", "acme jobs", "2b", "_a", "a__b", "a_", "é", "'; false'", "a" * 41):
        exit_code, output = target.run("make", "rename", f"NAME={name}", cwd=kept)

        assert exit_code != 0
        assert output.splitlines()[0] == (
            f"error: invalid NAME={name}: use at most 40 lower-case letters, digits and single underscores, "
            "a letter first, as in make rename NAME=acme_jobs"
        )
    assert contents(kept) == before


def test_without_a_name_the_usage_is_printed_despite_the_environment(target: Target, kept: Path) -> None:
    before = contents(kept)

    exit_code, output = target.run("make", "rename", cwd=kept, env={"NAME": "desktop_4711"})

    assert exit_code != 0
    assert output.splitlines()[0] == "error: missing NAME=: use make rename NAME=acme_jobs"
    assert contents(kept) == before
