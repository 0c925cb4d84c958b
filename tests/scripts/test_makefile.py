"""`make help`, and what the Makefiles promise."""

import re
import signal
from pathlib import Path

import pytest

from scripts.paths import ROOT
from tests.scripts.conftest import Target
from tests.support.template import installed_copy

MAKEFILES = (ROOT / "Makefile", ROOT / "python" / "Makefile", ROOT / "node" / "Makefile")


def test_help_lists_every_target_with_its_sentence(target: Target) -> None:
    exit_code, output = target.run("make", "help")

    assert exit_code == 0
    listed = dict(re.findall(r"^  (\S+) +(\S.*)$", output, re.MULTILINE))
    assert set(listed) == _targets(*MAKEFILES)
    assert len(output.splitlines()) == len(listed), "a target is listed twice"


def test_make_alone_is_make_help(target: Target) -> None:
    assert target.run("make") == target.run("make", "help")


@pytest.mark.parametrize("folder", ["python", "node"])
def test_make_alone_in_a_folder_lists_the_targets_of_that_folder(target: Target, folder: str) -> None:
    exit_code, output = target.run("make", cwd=ROOT / folder)

    assert exit_code == 0
    assert set(re.findall(r"^  (\S+) +\S", output, re.MULTILINE)) == _targets(ROOT / folder / "Makefile")


def test_a_worker_takes_the_options_that_make_is_given(target: Target) -> None:
    exit_code, output = target.run("make", "js-worker", "ARGS=--pool threads -n 'w 1@%h'")
    assert exit_code == 2
    assert "Error: --hostname w 1@%h: expected a name without spaces" in output, "as the words that they are"
    for name, started in (("js-worker", "worker.js"), ("py-worker", "start_worker_pyqueue.sh")):
        _, asked = target.run("make", "-n", name, "ARGS=-c 4")
        assert f"{started} -c 4\n" in asked
        _, unasked = target.run("env", "ARGS=-c 4", "make", "-n", name)
        assert f"{started} \n" in unasked, "what is in the environment is somebody else's"


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_what_runs_with_settings(target: Target, signum: signal.Signals) -> None:
    command = ("python3", "-m", "scripts", "with-settings", "node", "sh", "-c", "echo runs; exec sleep 60")
    running = target.start(*command)
    running.wait_for_log("^runs$")

    running.signal(signum)

    assert running.wait() == -signum


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_what_is_started_writes_utf8_whatever_the_locale(target: Target, tmp_path: Path, locale: str) -> None:
    clone = installed_copy(tmp_path / "Büro 中")
    text = "import locale, os; print(locale.getencoding(), os.getcwd())"
    command = ("python3", "-m", "scripts", "with-settings", "node", "python3", "-c", text)

    assert target.run(*command, cwd=clone, env={"LC_ALL": locale}) == (0, f"UTF-8 {clone / 'node'}\n")


def _targets(*files: Path) -> set[str]:
    phony = [re.findall(r"^\.PHONY: (.*)$", file.read_text("utf-8"), re.MULTILINE) for file in files]
    return {name for lines in phony for line in lines for name in line.split()}
