"""`make example` and `make remove-example`."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import containers, python_packages, server, template
from scripts.console import Console
from scripts.draft import Draft
from scripts.example import edits, removing, running, single
from scripts.example.places import RUN_DATA
from scripts.example.reviving import RevivingSupervisor
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.language_edits import Edit
from scripts.paths import ROOT
from scripts.processes import Process
from scripts.up import Options
from scripts.workers import Worker
from tests.scripts.conftest import FakeProgram, Target
from tests.support.links import dead_links
from tests.support.patterns import top_level_alternatives

# What a clone must not have any more. `.template.json` says that it was removed, for `make update`.
WORDS = (
    r"churn|make example|remove-example|test-example|example application|scikit|JOBS_FILES_DIR|JOBS_SMTP_URL"
)
# The packages' own tests and pages have their own examples.
OTHERS = (":!.template.json", ":!node/celery-js", ":!python/celery-reliable", ":!python/poetry.lock")

# `make remove-example` without `poetry lock`.
REMOVE = """
from scripts.console import Console
from scripts.draft import Draft
from scripts.example import edits, removing
from scripts.paths import ROOT

draft = Draft()
removing.plan(draft)
for edit in edits.POETRY_EDITS:
    draft.edit(ROOT / edit.file, edit.apply)
draft.apply(Console(), "changed")
"""


@pytest.mark.parametrize("path", edits.PATHS)
def test_every_path_of_the_example_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("edit", [*edits.EDITS, *edits.POETRY_EDITS], ids=lambda edit: edit.file)
def test_every_edit_finds_something(edit: Edit) -> None:
    text = (ROOT / edit.file).read_text("utf-8")

    for alternative in top_level_alternatives(edit.pattern):
        assert Edit(edit.file, alternative).apply(text) != text, alternative


def test_a_clone_without_the_example_has_no_trace_of_it(tmp_path: Path) -> None:
    draft = Draft()
    removing.plan(draft)
    for edit in edits.POETRY_EDITS:
        draft.edit(ROOT / edit.file, edit.apply)

    folder = tmp_path / "clone"
    template.copy_to(folder)
    for file, text in draft.changed.items():
        (folder / file.relative_to(ROOT)).write_text(text, "utf-8")
    for path in draft.gone:
        subprocess.run(["rm", "-r", folder / path.relative_to(ROOT)], check=True)

    assert traces_in(folder) == ""
    for page in (folder / "README.md", folder / "docs" / "tutorial.md"):
        assert dead_links(page) == []


def test_a_renamed_clone_keeps_an_example_that_installs_and_leaves_no_trace(
    target: Target, tmp_path: Path
) -> None:
    folder = tmp_path / "clone"
    template.copy_to(folder)
    exit_code, output = target.run("make", "rename", "NAME=acme_jobs", cwd=folder)
    assert exit_code == 0, output

    web = folder / "example" / "web-node"
    installed = target.run("npm", "ci", "--dry-run", "--ignore-scripts", "--offline", cwd=web)
    assert installed[0] == 0, installed[1]

    removed = target.run(sys.executable, "-c", REMOVE, cwd=folder)
    assert removed[0] == 0, removed[1]
    assert traces_in(folder) == ""


def test_a_program_that_was_ready_and_is_killed_starts_again(capfd: pytest.CaptureFixture[str]) -> None:
    worker = Worker("web server", "", "", ["sleep", "60"], ROOT, ROOT, says_ready=bool)
    supervisor = RevivingSupervisor(Console(), _started, None, 1.0)
    supervisor.add(worker)
    supervisor.note_ready(worker)
    first = _killed(supervisor)
    assert supervisor.ended is None

    supervisor.step()

    assert "The web server ended with -9: starting it again." in capfd.readouterr().out
    assert supervisor.ended is None
    # The second one never became ready, so a third one would end too.
    second = _killed(supervisor)
    assert second is not first
    supervisor.step()
    assert supervisor.ended is second


def test_a_second_example_in_a_clone_is_refused(target: Target, tmp_path: Path) -> None:
    with single.lock(tmp_path):
        exit_code, output = target.run("make", "example", "PORT=8001", env={"EXAMPLE_DATA": str(tmp_path)})

    assert exit_code == 2
    assert "error: `make example` runs in this clone already: press Ctrl-C there first\n" in output
    single.check(tmp_path)


def test_the_queue_stays_with_the_records_of_jobs_on_any_port() -> None:
    example = running.Example(Console(), Interruption(), "node", "8000")

    assert example._data_folder(6379) == example._data_folder(10_000) == RUN_DATA / "valkey"


def test_a_secret_that_was_not_written_to_its_end_is_made_again(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.touch()

    secret = running._secret(file)

    assert len(secret) == 64
    assert running._secret(file) == secret
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


@pytest.fixture
def removal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replaces what removes the example from this clone. The list shows whether it was called."""
    applied: list[str] = []
    monkeypatch.setattr(removing, "EXAMPLE_DATA", tmp_path / "data")
    monkeypatch.setattr(containers, "exist", lambda: False)
    monkeypatch.setattr(Draft, "apply", lambda _draft, _console, verb: applied.append(verb))
    monkeypatch.setattr(python_packages, "lock", _without_network)
    return applied


def _without_network(_bench: object) -> Iterator[None]:
    yield
    raise CommandFailed("set-up failed at python lock")


def test_the_example_is_not_removed_while_it_runs(removal: list[str], tmp_path: Path) -> None:
    with single.lock(tmp_path / "data"), pytest.raises(CommandFailed, match="runs in this clone already"):
        removing.run(Console(), Interruption())

    assert removal == []


def test_a_removal_without_network_names_the_command_that_is_left(removal: list[str]) -> None:
    with pytest.raises(CommandFailed, match=r"failed at python lock; .* run `make py-lock`"):
        removing.run(Console(), Interruption())

    assert removal == ["changed"]


def test_ctrl_c_does_not_wait_for_a_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "RUN_DATA", tmp_path)

    example = running.Example(Console(), Interruption(), "node", "8000")
    programs = {program.name: program.env({}) for program in example._programs(Options())}

    assert programs["python worker"]["REMAP_SIGTERM"] == "SIGQUIT"
    assert float(programs["python worker"]["JOBS_SOFT_SHUTDOWN_TIMEOUT_S"]) <= 5
    assert "REMAP_SIGTERM" not in programs["node worker"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (["SERVER=ruby"], "invalid SERVER=ruby: use node or python"),
        (["PORT=x"], "invalid PORT=x: use a number from 1 to 65535"),
    ],
)
def test_a_wrong_variable_is_refused_in_one_line(target: Target, variables: list[str], message: str) -> None:
    exit_code, output = target.run("make", "example", *variables)

    assert exit_code == 2
    assert f"error: {message}\n" in output


@pytest.mark.parametrize(
    ("variables", "printed"),
    [
        (["EXAMPLE=1"], ["The example's page is at http://127.0.0.1:8000"]),
        (["EXAMPLE=1", "WEB_PORT=8080"], ["The example's page is at http://127.0.0.1:8080"]),
        ([], []),
    ],
)
def test_containers_print_the_address_of_the_page(
    target: Target, fake_program: FakeProgram, variables: list[str], printed: list[str]
) -> None:
    port = server.free_port()

    exit_code, output = target.run(
        "make", "workers_up", f"PORT={port}", *variables, env=fake_program("docker", "")
    )

    assert exit_code == 0, output
    assert [line for line in output.splitlines() if "page" in line] == printed


def _started(worker: Worker) -> Process:
    return Process(worker.name, subprocess.Popen(worker.command))


def _killed(supervisor: RevivingSupervisor) -> Process:
    [process] = supervisor.processes
    process.popen.kill()
    process.popen.wait()
    return process


def traces_in(folder: Path) -> str:
    # -I: Python's compiled files may be from before.
    search = ["git", "grep", "--no-index", "-I", "-n", "-i", "-E", WORDS, "--", ".", *OTHERS]
    done = subprocess.run(search, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout
