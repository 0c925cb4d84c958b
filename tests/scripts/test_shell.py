"""`make shell-py` and `make shell-js`."""

import re
import subprocess

import pytest

from scripts.environment import server_variables
from scripts.paths import ROOT
from tests.scripts.conftest import Target
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

ANSWERS_WITHIN_S = 60
PROMPTS = {"shell-py": ">>> ", "shell-js": "> "}
KEPT = {"shell-py": "r = add.delay(3, 4)\nr.get()", "shell-js": "r = await add.delay(3, 4)"}
OTHER = {
    "shell-py": 'app.send_task("js_workers.tasks.example.arithmetic.mul", [6, 7])',
    "shell-js": 'app.sendTask("py_workers.tasks.example.arithmetic.mul", [6, 7])',
}
GROUP = {
    "shell-py": "group(add.s(1, 1), mul.s(2, 2))()",
    "shell-js": "group(add.s(1, 1), mul.s(2, 2)).delay()",
}

Shell = subprocess.CompletedProcess[str]


@pytest.mark.parametrize("name", PROMPTS)
def test_a_shell_has_all_tasks_and_shows_their_results(
    target: Target, valkey: ValkeyServer, workers: WorkerFactory, name: str
) -> None:
    workers.python()
    workers.node()
    lines = ["add.delay(1, 2)", KEPT[name], "nothing", "1 +* 2", OTHER[name], GROUP[name], "1 + 1"]

    shell = _type(target, valkey, name, lines)

    assert shell.returncode == 0, shell.stderr
    shown = [line.strip() for line in shell.stdout.replace(PROMPTS[name], "\n").splitlines()]
    results = [line.strip("[] ") for line in shown if line.strip("[] ").replace(", ", "").isdigit()]
    assert results == ["3", "7", "42", "2, 4", "2"], shell.stdout + shell.stderr
    assert "NameError" in shell.stderr or "ReferenceError: nothing is not defined" in shell.stdout
    greeting = shell.stderr if name == "shell-py" else shell.stdout
    assert re.search(rf"\bmul +{name[-2:]}_workers\.tasks\.example\.arithmetic\.mul\b", greeting)


@pytest.mark.parametrize("name", PROMPTS)
def test_a_shell_shows_the_error_of_a_task(
    target: Target, valkey: ValkeyServer, workers: WorkerFactory, name: str
) -> None:
    start = workers.python if name == "shell-py" else workers.node
    start()
    failing = 'add.delay("a", 1)' if name == "shell-py" else "add.delay()"

    shell = _type(target, valkey, name, [failing, "add.delay(1, 1)"])

    assert shell.returncode == 0, shell.stderr
    assert "TypeError" in shell.stdout + shell.stderr
    assert f"{PROMPTS[name]}2\n" in shell.stdout


def _type(
    target: Target, valkey: ValkeyServer, name: str, lines: list[str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", name],
        cwd=ROOT,
        env={**target.environment(), **server_variables(valkey.url)},
        input="\n".join([*lines, ""]),
        capture_output=True,
        text=True,
        timeout=ANSWERS_WITHIN_S,
        check=False,
    )
