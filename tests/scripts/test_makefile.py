"""`make help`, and targets of the Makefiles."""

import re
import signal
from pathlib import Path

import pytest

from scripts import checks, setup
from scripts.paths import NODE_PROJECT, ROOT
from tests.scripts.conftest import Target
from tests.support.template import installed_copy

MAKEFILES = [
    *(ROOT / name for name in ("Makefile", "maintainers.mk", "python/Makefile", "node/Makefile")),
    *ROOT.glob("*/*.mk"),
]
SCREEN_LINES, SCREEN_COLUMNS = 23, 80  # and the prompt


def test_help_lists_what_a_team_needs_on_one_screen(target: Target) -> None:
    exit_code, output = target.run("make", "help")

    listed = _listed(output)
    assert exit_code == 0
    assert _targets(ROOT / "Makefile") - {"help"} <= set(listed) <= _targets(*MAKEFILES)
    assert len(output.splitlines()) <= SCREEN_LINES
    assert max(map(len, output.splitlines())) <= SCREEN_COLUMNS


def test_help_all_lists_every_target_once(target: Target) -> None:
    exit_code, output = target.run("make", "help-all")

    assert exit_code == 0
    assert sorted(_listed(output)) == sorted(_targets(*MAKEFILES) - {"help", "help-all"})
    assert max(map(len, output.splitlines())) <= SCREEN_COLUMNS


def test_make_alone_is_make_help(target: Target) -> None:
    assert target.run("make") == target.run("make", "help")


def test_js_lint_installs_the_packages_of_the_files_that_it_checks(target: Target) -> None:
    packages = {file.parent for file in NODE_PROJECT.glob("js_workers/tasks/*/package.json")}

    _, commands = target.run("make", "--dry-run", "js-lint")

    assert "scripts js-lint" in commands
    assert packages <= {setup.NODE_PROJECTS[part] for part in checks.PARTS["js-lint"]}


@pytest.mark.parametrize("folder", ["python", "node"])
def test_make_alone_in_a_folder_lists_the_targets_of_that_folder(target: Target, folder: str) -> None:
    exit_code, output = target.run("make", cwd=ROOT / folder)

    assert exit_code == 0
    assert sorted(_listed(output)) == sorted(_targets(ROOT / folder / "Makefile") - {"help"})


def test_a_worker_takes_the_options_that_make_is_given(target: Target) -> None:
    exit_code, output = target.run("make", "js-worker", "ARGS=--pool threads -n 'w 1@%h'")
    assert exit_code == 2
    assert "Error: --hostname w 1@%h: expected a name without spaces" in output, "as the words that they are"
    for name, started in (("js-worker", "worker.js"), ("py-worker", "start_worker_pyqueue.sh")):
        _, asked = target.run("make", "-n", name, "ARGS=-c 4")
        assert f"{started} -c 4\n" in asked
        _, unasked = target.run("env", "ARGS=-c 4", "make", "-n", name)
        assert f"{started} \n" in unasked, "the environment is not this target's"


def test_dead_letters_lists_unless_it_is_given_a_command(target: Target) -> None:
    _, unasked = target.run("make", "-n", "dead-letters")
    _, asked = target.run("make", "-n", "dead-letters", "ARGS=retry cd46")

    assert unasked.endswith("celery-js -A js_workers/config.js dead list\n")
    assert asked.endswith("celery-js -A js_workers/config.js dead retry cd46\n")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_what_runs_with_settings(target: Target, signum: signal.Signals) -> None:
    command = ("python3", "-m", "scripts", "with-settings", "node", "sh", "-c", "echo runs; exec sleep 60")
    running = target.start(*command)
    running.wait_for_log("^runs$")

    running.signal(signum)

    assert running.wait() == -signum


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_started_programs_write_utf8_in_every_locale(target: Target, tmp_path: Path, locale: str) -> None:
    clone = installed_copy(tmp_path / "Büro 中")
    text = "import locale, os; print(locale.getencoding(), os.getcwd())"
    command = ("python3", "-m", "scripts", "with-settings", "node", "python3", "-c", text)

    assert target.run(*command, cwd=clone, env={"LC_ALL": locale}) == (0, f"UTF-8 {clone / 'node'}\n")


def _listed(output: str) -> list[str]:
    """The targets of a help's lines; a line may name several, separated by commas."""
    names = re.findall(r"^  ([\w, -]+?) +[A-Z]", output, re.MULTILINE)
    return [name for line in names for name in line.split(", ")]


def _targets(*files: Path) -> set[str]:
    phony = [re.findall(r"^\.PHONY: (.*)$", file.read_text("utf-8"), re.MULTILINE) for file in files]
    return {name for lines in phony for line in lines for name in line.split()}
