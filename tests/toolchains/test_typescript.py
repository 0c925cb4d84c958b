"""The types in TypeScript 5.9; `tests/conformance/test_package.py` checks them in the newest one."""

import json
import shutil
from pathlib import Path

import pytest

from scripts.processes import Command
from tests.conformance.test_package import MODULES_AS, STRICT, TYPE_TESTS
from tests.support.npm_package import run
from tests.toolchains.conftest import HERE, TOOLS

COMPILER: Command = ["node", TOOLS / "typescript" / "bin" / "tsc"]


@pytest.mark.parametrize("modules", MODULES_AS)
@pytest.mark.parametrize("place", ["project", "linked"])
def test_the_types_are_the_same_in_typescript_5_9(
    request: pytest.FixtureRequest, place: str, modules: str
) -> None:
    folder: Path = request.getfixturevalue(place)
    for file in TYPE_TESTS.iterdir():
        shutil.copy(file, folder)
    shutil.copy(HERE / "worker_project" / "tasks" / "typed.ts", folder)
    done = run([*COMPILER, *STRICT, *MODULES_AS[modules], "user.ts", "tasks.js", "typed.ts"], folder)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("place", ["project", "linked"])
def test_an_editor_completes_the_members_of_self(request: pytest.FixtureRequest, place: str) -> None:
    done = run(["node", HERE / "completions.mjs"], request.getfixturevalue(place))
    assert done.returncode == 0, done.stderr
    offered = {at: set(names) for at, names in json.loads(done.stdout).items()}
    assert offered["self"] >= {"request", "retry", "signal", "updateState", "replace", "log"}
    assert offered["request"] >= {"id", "retries", "rootId", "deliveryInfo"}
    assert offered["retry"] >= {"countdown", "maxRetries", "exc"}
