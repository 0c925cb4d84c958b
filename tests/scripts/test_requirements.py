"""Without Python, Node or npm, the user gets one sentence."""

import ast
import sys
from collections.abc import Callable

import pytest

from scripts import requirements
from scripts.paths import ROOT
from tests.scripts.conftest import Target

FakeProgram = Callable[[str, str], dict[str, str]]


def test_a_node_that_is_too_old_is_one_sentence(target: Target, fake_program: FakeProgram) -> None:
    env = fake_program("node", "echo v18.0.0")

    exit_code, output = target.run("python3", "-m", "scripts", "demo", env=env)

    assert exit_code == 1
    (sentence,) = output.splitlines()
    assert "Node.js 20 or newer is needed" in sentence
    assert "bin/node is v18.0.0" in sentence


def test_a_node_that_does_not_run_is_one_sentence(target: Target, fake_program: FakeProgram) -> None:
    env = fake_program("node", "echo no such version >&2; exit 127")

    exit_code, output = target.run("make", "setup", env=env)

    assert exit_code != 0
    assert "Node.js 20 or newer is needed" in output.splitlines()[0]


def test_a_python_that_is_too_old_gets_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 9, "final", 0))

    assert "Python 3.11 or newer is needed" in requirements.python_problem()
    assert "is Python 3.10.9" in requirements.python_problem()


@pytest.mark.parametrize("file", ["__init__.py", "__main__.py", "requirements.py"])
def test_the_check_itself_is_read_by_an_old_python(file: str) -> None:
    ast.parse((ROOT / "scripts" / file).read_text("utf-8"), feature_version=(3, 6))
