"""The suite runs against any command that starts a worker: `--worker-cmd`."""

import subprocess

import pytest

from scripts.paths import ROOT, VENV_PYTHON

SHELL = "echo started by the shell >&2; exec "
NODE = "node tests/conformance/js_worker.mjs"
PYTHON = (
    f"{VENV_PYTHON} -m celery -A tests.conformance.py_worker worker --queues $CONFORMANCE_QUEUES "
    "--loglevel info --pool threads --without-mingle --without-gossip"
)
SCENARIO = "tests/conformance/test_arguments.py"


def run_suite(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a part of the suite, as a user does."""
    command = [str(VENV_PYTHON), "-m", "pytest", "-q", "-p", "no:cacheprovider", SCENARIO, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize(
    ("language", "worker"), [("js", NODE), pytest.param("py", PYTHON, marks=pytest.mark.long)]
)
def test_a_command_takes_the_place_of_the_worker_of_its_language(language: str, worker: str) -> None:
    done = run_suite("--worker-cmd", f"sh -c '{SHELL}{worker}'", "--worker-language", language)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert " deselected" in done.stdout, "what has nothing to do with the command is left out"


@pytest.mark.long
def test_a_command_that_ends_at_once_is_shown_with_what_it_said() -> None:
    done = run_suite("--worker-cmd", "sh -c 'echo no such broker; exit 3'", "--maxfail", "1")
    assert done.returncode == 1
    assert "ended with 3" in done.stdout
    assert "no such broker" in done.stdout


@pytest.mark.long
def test_an_empty_command_is_refused() -> None:
    done = run_suite("--worker-cmd", "")
    assert done.returncode == 4
    assert "--worker-cmd: expected a command" in done.stderr
