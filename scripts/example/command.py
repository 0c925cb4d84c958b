"""The commands of the example application, for `python3 -m scripts`."""

import argparse
import os
from typing import Any

from scripts import checks, ports
from scripts.checks import Check
from scripts.console import Console
from scripts.example import installing, removing, single
from scripts.example.places import BROWSER_TESTS, REPORTS, RUN_DATA
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV_PYTHON
from scripts.processes import Command

SERVERS = ("node", "python")
WEB_PORT = "8000"


def add_to(commands: Any) -> None:
    """Adds the commands to a parser's."""
    command = commands.add_parser("example", help="run the example application until Ctrl-C")
    command.add_argument("--server", default="", help="its web server: node or python")
    command.add_argument("--port", default="", help="the web server's port")
    command.set_defaults(command=_example)

    command = commands.add_parser("test-example", help="test the example application")
    command.set_defaults(command=_test)

    command = commands.add_parser("remove-example", help="take the example application out of this clone")
    command.set_defaults(command=_remove)


def _example(console: Console, interruption: Interruption, options: argparse.Namespace) -> int:
    """Continues in the virtual environment, as `make up` does."""
    chosen = options.server or SERVERS[0]
    if chosen not in SERVERS:
        raise CommandFailed(f"invalid SERVER={chosen}: use {' or '.join(SERVERS)}")
    port = ports.number(options.port or WEB_PORT)
    single.check(RUN_DATA)
    ports.check_free(port, "example")
    installing.ensure(console, interruption, [chosen])
    os.chdir(ROOT)
    interruption.hand_over()
    command = [str(VENV_PYTHON), "-m", "scripts.example.running", chosen, str(port)]
    os.execv(VENV_PYTHON, command)


def _test(console: Console, interruption: Interruption, _options: argparse.Namespace) -> int:
    installing.ensure(console, interruption, SERVERS, with_tests=True)
    return checks.run(console, interruption, _tests())


def _tests() -> list[Check]:
    env = checks.test_env()
    # The tests wait more than they compute, so those of both web servers run side by side.
    at_once: Command = ["-n", "2", "--dist", "each"]
    pytest: Command = [VENV_PYTHON, "-m", "pytest", "-c", "example/tests/pytest.ini", *at_once]
    pages = sorted(BROWSER_TESTS.glob("*.test.js"))
    node: Command = ["node", "--test", "--test-concurrency=2", "--test-reporter=./node/tests/reporter.js"]
    tasks = sorted(REPORTS.glob("*.test.js"))
    return [
        Check("python tasks", [VENV_PYTHON, "-m", "pytest", "tests/tasks/churn"], PYTHON_PROJECT, env),
        Check(
            "node tasks", ["node", "--test", "--test-reporter=./tests/reporter.js", *tasks], NODE_PROJECT, env
        ),
        Check("both web servers", [*pytest, "example/tests/api"], ROOT, env),
        Check("page in a browser", [*node, *pages], ROOT, env, waits=True),
    ]


def _remove(console: Console, interruption: Interruption, _options: argparse.Namespace) -> int:
    removing.run(console, interruption)
    return 0
