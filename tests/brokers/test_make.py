"""`make up` and `make demo` with RabbitMQ, PostgreSQL and Sentinel: the template's workers and clients."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from kombu import Connection

from scripts import installed
from scripts.demo import JS_CLIENT_LINES, PYTHON_CLIENT_LINES
from scripts.failure import CommandFailed
from scripts.paths import DATA, ROOT
from tests.brokers.postgres.server import MISSING, binaries
from tests.brokers.rabbitmq.packages import RELEASES, Installation, install
from tests.scripts.conftest import Target
from tests.support.sentinels import SentinelCluster
from tests.support.terminal import CTRL_C, Terminal
from tests.support.waiting import wait_until

CONSUMING = "Both workers are consuming"
STARTS_WITHIN_S = 150.0
QUEUES = ("py-queue", "js-queue")
BOTH = ("BROKER=rabbitmq", "RESULTS=postgres")
HIDDEN_IN_NODE = ROOT / "node/celery-js/tests/support/hidden-packages.js"
# A `sitecustomize.py`, after which Python does not find a package.
HIDDEN_IN_PYTHON = """
import os, sys
from importlib.machinery import PathFinder

class Hiding(PathFinder):
    @classmethod
    def find_spec(cls, name, *rest):
        hidden = name.partition(".")[0] in os.environ["HIDDEN_PACKAGES"].split(",")
        return None if hidden else super().find_spec(name, *rest)

sys.meta_path[:] = [Hiding if finder is PathFinder else finder for finder in sys.meta_path]
"""


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    """Commands that the test may start; they are stopped when it ends."""
    with closing(Target(tmp_path)) as running:
        yield running


@pytest.fixture(scope="module")
def rabbitmq() -> dict[str, str]:
    """The variables by which `make` finds the system's own release, which needs no Debian of its own."""
    reasons = []
    for version in RELEASES:
        try:
            installation = install(version)
        except RuntimeError as error:
            reasons.append(str(error))
            continue
        if not installation.is_jail:
            return variables_of(installation)
    pytest.skip("; ".join(reasons) or "RabbitMQ runs only in a Debian of its own here")


def variables_of(installation: Installation) -> dict[str, str]:
    if installation.root == Path("/"):
        return {}
    return {
        "RABBITMQ_SERVER": str(installation.home / "sbin/rabbitmq-server"),
        "RABBITMQ_PLUGINS_DIR": str(installation.home / "plugins"),
        "PATH": f"{installation.erlang / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }


@pytest.fixture(scope="module")
def postgres() -> dict[str, str]:
    """The variable by which `make` finds PostgreSQL."""
    folder = binaries()
    if folder is None:
        pytest.skip(MISSING)
    return {"POSTGRES_SERVER": str(folder / "postgres")}


class Up:
    """`make up` in the foreground of a terminal, and what it says of its servers."""

    def __init__(self, target: Target, env: Mapping[str, str], *words: str) -> None:
        self.terminal = Terminal(["make", "up", *words], cwd=ROOT, env={**target.environment(), **env})
        try:
            wait_until(self._consumes, STARTS_WITHIN_S, CONSUMING)
        except BaseException:
            self.terminal.close()
            raise
        self.commands = re.findall(r"(\(cd .*\))\r?$", self.terminal.screen, re.MULTILINE)
        self.broker = self._said(r"JOBS_BROKER_URL=(\S+)")
        self.results = self._said(r"JOBS_RESULT_BACKEND=(\S+)")

    def stop(self) -> str:
        """Press Ctrl-C, which a terminal gives to the whole foreground group; returns what it shows then."""
        self.terminal.type(CTRL_C)
        assert self.terminal.wait(90) == 0, self.terminal.screen
        return self.terminal.screen

    def close(self) -> None:
        """Hang up; `make up` ends then too."""
        self.terminal.close()

    def count_messages(self) -> dict[str, int]:
        with Connection(self.broker) as connection, connection.channel() as channel:
            declared = (channel.queue_declare(queue, passive=True) for queue in QUEUES)
            return {queue.queue: queue.message_count for queue in declared}

    def count_results(self) -> int:
        url = self.results.removeprefix("db+")
        with psycopg.connect(url) as connection:
            [[count]] = connection.execute("SELECT count(*) FROM celery_taskmeta").fetchall()
        return int(count)

    def _consumes(self) -> bool:
        assert "error: " not in self.terminal.screen, self.terminal.screen
        return CONSUMING in self.terminal.screen and "python -m py_workers" in self.terminal.screen

    def _said(self, pattern: str) -> str:
        return str(re.findall(pattern, self.terminal.screen)[0]).strip("'")


@pytest.fixture
def own_data(target: Target) -> Iterator[None]:
    """Remove what the servers of the test leave in the repository."""
    kept = folders()
    yield
    target.expect_nothing_left()
    for folder in folders() - kept:
        shutil.rmtree(folder)


def folders() -> set[Path]:
    return {*DATA.glob("rabbitmq/*"), *DATA.glob("postgres/*")}


@pytest.mark.timeout(500)
@pytest.mark.usefixtures("own_data")
def test_up_serves_both_clients_and_leaves_nothing_but_results(
    target: Target, rabbitmq: dict[str, str], postgres: dict[str, str]
) -> None:
    with closing(Up(target, rabbitmq | postgres, *BOTH)) as first:
        printed = [target.run("sh", "-c", command) for command in first.commands]
        assert [code for code, _ in printed] == [0, 0], printed
        assert [line for _, text in printed for line in text.splitlines()] == [
            *JS_CLIENT_LINES,
            *PYTHON_CLIENT_LINES,
        ]
        assert "had to be killed" not in first.stop()
        target.expect_nothing_left()

    with closing(Up(target, rabbitmq | postgres, *BOTH)) as again:
        # What the first workers had not acknowledged would be here again, as a result or as a message.
        assert again.count_messages() == dict.fromkeys(QUEUES, 0)
        assert again.count_results() == 4
        again.stop()
        target.expect_nothing_left()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("word", ["BROKER=rabbitmq", "RESULTS=postgres"])
def test_the_demo_prints_the_four_results_and_leaves_no_process(
    target: Target, rabbitmq: dict[str, str], postgres: dict[str, str], word: str
) -> None:
    before = set(DATA.iterdir()) if DATA.exists() else set()

    demo = target.start("make", "demo", word, env=rabbitmq | postgres)

    assert demo.wait(STARTS_WITHIN_S) == 0, demo.log
    assert results_of(demo.log) == [*JS_CLIENT_LINES, *PYTHON_CLIENT_LINES]
    target.expect_nothing_left()
    assert {path for path in set(DATA.iterdir()) - before if path.name.startswith("demo-")} == set()


@pytest.mark.timeout(300)
def test_the_demo_runs_behind_sentinels_with_results_in_postgresql(
    target: Target, postgres: dict[str, str], tmp_path: Path
) -> None:
    with closing(SentinelCluster(tmp_path / "sentinels", (), replicas=1)) as cluster:
        demo = target.start(
            "make", "demo", "RESULTS=postgres", env={**postgres, "JOBS_BROKER_URL": cluster.url}
        )

        assert demo.wait(STARTS_WITHIN_S) == 0, demo.log
    assert results_of(demo.log) == [*JS_CLIENT_LINES, *PYTHON_CLIENT_LINES]


def results_of(log: str) -> list[str]:
    return [line for line in log.splitlines() if line.startswith("Result executed by")]


@pytest.mark.parametrize("goal", ["up", "demo"])
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["BROKER=mysql"], "invalid BROKER=mysql: use redis or rabbitmq"),
        (["RESULTS=rabbitmq"], "invalid RESULTS=rabbitmq: use redis or postgres"),
        (["BROKER=Rabbit MQ"], "invalid BROKER=Rabbit MQ: use redis or rabbitmq"),
        (
            ["BROKER=rabbitmq", "JOBS_BROKER_URL=amqp://guest:secret@127.0.0.1//"],
            "BROKER=rabbitmq starts a server, but JOBS_BROKER_URL amqp://guest:***@127.0.0.1// names "
            "another: set only one of them",
        ),
    ],
)
def test_a_wrong_value_is_one_line(target: Target, goal: str, words: list[str], reason: str) -> None:
    code, output = target.run("make", goal, *words)

    assert code != 0
    assert output.splitlines()[0] == f"error: {reason}"
    assert "Traceback" not in output


def test_a_server_that_is_not_installed_is_one_line() -> None:
    with pytest.raises(CommandFailed) as failed:
        installed._find("BROKER=rabbitmq", "RabbitMQ", "NOT_SET", [], "no-such-server")

    assert failed.value.sentence == (
        "BROKER=rabbitmq: RabbitMQ is not installed here. Install it (Debian: apt-get install no-such-server)"
        ", name its program 'no-such-server' in NOT_SET, use a server that runs with JOBS_BROKER_URL=..., or "
        "`make workers_up BROKER=rabbitmq` with Docker"
    )


@pytest.mark.parametrize(
    ("goal", "word", "package", "advice"),
    [
        (
            "demo",
            "BROKER=rabbitmq",
            "amqplib",
            "expected the package amqplib, which is not installed: npm install amqplib",
        ),
        ("up", "RESULTS=postgres", "pg", "expected the package pg, which is not installed: npm install pg@8"),
        (
            "up",
            "RESULTS=postgres",
            "psycopg",
            "needs the package psycopg: pip install 'celery-reliable[postgres]'",
        ),
        (
            "demo",
            "RESULTS=postgres",
            "sqlalchemy",
            "needs the package sqlalchemy: pip install 'celery-reliable[postgres]'",
        ),
    ],
)
def test_a_missing_package_is_one_line_before_anything_starts(
    target: Target, tmp_path: Path, goal: str, word: str, package: str, advice: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDDEN_IN_PYTHON)
    env = {"HIDDEN_PACKAGES": package, "NODE_OPTIONS": f"--import {HIDDEN_IN_NODE.as_uri()}"}
    env |= {"PYTHONPATH": str(tmp_path)}

    code, output = target.run("make", goal, word, env=env)

    assert code != 0
    line, *rest = output.splitlines()
    assert line.startswith("error: JOBS_"), output
    assert line.endswith(advice)
    assert all(other.startswith("make: ") for other in rest)
