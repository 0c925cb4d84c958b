"""Set-up, in a copy of the scripts next to nearly empty projects, with programs that only look like npm."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import checks, setup, template
from scripts.paths import ROOT, TELEMETRY_PROJECT, TOOLCHAINS_PROJECT
from tests.scripts.conftest import Target

FakeProgram = Callable[[str, str], dict[str, str]]

SETUP_NODE = ("python3", "-m", "scripts", "setup", "--parts", "node")
SETUP_PYTHON = ("python3", "-m", "scripts", "setup", "--parts", "python")
# Fails if another one runs in the same folder.
NPM_INSTALLS = "mkdir ../busy || exit 9; sleep 0.3; mkdir -p node_modules; echo run >> ../runs; rmdir ../busy"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the real scripts and two projects that have little but their lock files."""
    folder = tmp_path / "clone with spaces"
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for project, file in (("node", "package-lock.json"), ("python", "poetry.lock")):
        (folder / project).mkdir()
        (folder / project / file).write_text("{}")
    # Without it, the clone would have no Python tasks, and no python/.venv.
    (folder / "python" / "pyproject.toml").touch()
    return folder


def test_a_second_set_up_has_nothing_to_do(target: Target, clone: Path, fake_program: FakeProgram) -> None:
    env = fake_program("npm", NPM_INSTALLS)

    first = target.run(*SETUP_NODE, cwd=clone, env=env)
    second = target.run(*SETUP_NODE, cwd=clone, env=env)

    assert first[0] == 0, first[1]
    assert "npm ci" in first[1]
    assert second == (0, "  set-up             up to date\n")


def test_another_lock_file_is_set_up_again(target: Target, clone: Path, fake_program: FakeProgram) -> None:
    env = fake_program("npm", NPM_INSTALLS)
    target.run(*SETUP_NODE, cwd=clone, env=env)

    (clone / "node" / "package-lock.json").write_text('{"changed": true}')
    target.run(*SETUP_NODE, cwd=clone, env=env)

    assert (clone / "runs").read_text().split() == ["run", "run"]


def test_two_set_ups_at_once_install_once(target: Target, clone: Path, fake_program: FakeProgram) -> None:
    env = fake_program("npm", NPM_INSTALLS)

    both = [target.start(*SETUP_NODE, cwd=clone, env=env) for _ in range(2)]

    assert [program.wait() for program in both] == [0, 0], [program.log for program in both]
    assert (clone / "runs").read_text().split() == ["run"]


def test_a_failing_step_is_named_with_its_output_and_its_log(
    target: Target, clone: Path, fake_program: FakeProgram
) -> None:
    env = fake_program("npm", "echo npm error network ECONNREFUSED; exit 1")

    exit_code, output = target.run(*SETUP_NODE, cwd=clone, env=env)

    assert exit_code == 1
    assert "    npm error network ECONNREFUSED" in output
    assert "error: set-up failed at node packages: `npm ci` ended with 1" in output.splitlines()[-1]
    assert (clone / ".data/logs/setup-node-packages.log").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(target: Target, clone: Path) -> None:
    (clone / ".data").write_text("a file")

    exit_code, output = target.run(*SETUP_NODE, cwd=clone)

    assert exit_code == 1
    assert output == f"error: File exists: {clone / '.data'}\n"


def test_an_interrupted_set_up_is_done_again(target: Target, clone: Path, fake_program: FakeProgram) -> None:
    env = fake_program("npm", "mkdir -p node_modules; echo begun; exec sleep 60")
    setup = target.start(*SETUP_NODE, cwd=clone, env=env)
    setup.wait_for_log(r"npm ci \.\.\.")

    setup.signal(signal.SIGINT)

    assert setup.wait() == 128 + signal.SIGINT
    target.expect_nothing_left()
    fake_program("npm", NPM_INSTALLS)
    assert target.run(*SETUP_NODE, cwd=clone, env=env)[0] == 0
    assert (clone / "runs").read_text().split() == ["run"]


def test_an_active_virtual_environment_is_left_alone(
    target: Target, clone: Path, fake_program: FakeProgram
) -> None:
    script = 'test "$1" = --version && echo "Poetry (version 2.1.0)" || echo "in [$VIRTUAL_ENV]" >> ../runs'
    env = {**fake_program("poetry", script), "VIRTUAL_ENV": "/elsewhere"}

    exit_code, output = target.run(*SETUP_PYTHON, cwd=clone, env=env)

    assert exit_code == 0, output
    assert (clone / "runs").read_text() == "in []\n"
    assert (clone / "python/.venv/bin/python").exists()


@pytest.mark.skipif(not checks.CELERY_JS.is_dir(), reason="this clone takes the published celery-js")
def test_every_npm_project_is_installed_before_it_is_linted(tmp_path: Path) -> None:
    template.copy_to(tmp_path)
    projects = {file.parent.relative_to(tmp_path) for file in tmp_path.rglob("package-lock.json")}

    # The type checker leaves them out (tests/tsconfig.json): their packages are many.
    projects -= {project.relative_to(ROOT) for project in (TELEMETRY_PROJECT, TOOLCHAINS_PROJECT)}

    installed = {setup.NODE_PROJECTS[part] for part in checks.PARTS["lint"] if part in setup.NODE_PROJECTS}

    assert {folder.relative_to(ROOT) for folder in installed} == projects
