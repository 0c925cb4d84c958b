"""`celery-js inspect`, `control`, `status` and `events` do, and say, what Celery's commands do."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from celery import Celery

from scripts.paths import PYTHON_PROJECT
from tests.support.terminal import Terminal
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory, clean_environment

from .control import ANSWERS_WITHIN_S, answers
from .dead_letters.tool import Printed, Tool, without_usage
from .events import start_telling
from .ledger import Ledger
from .matrix import Choice, broker_url
from .workers import KINDS, Kind, Target, client_for, close_client

WITHIN_S = 20
COURSE = ["received", "started", "succeeded"]
TIMESTAMP = r"\[20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{6})?\+00:00\]"


@dataclass(frozen=True)
class Cluster:
    """One worker of each language, both with events of their tasks, and the command line of each."""

    app: Celery
    names: dict[str, str]
    tools: dict[Kind, Tool]
    server: ValkeyServer

    def ask(self, kind: Kind, *words: str) -> Printed:
        """Ask both workers, and return the output once both have answered."""
        nodes = ",".join(self.names.values())
        return self.tools[kind](*words, "-d", nodes, "-t", str(ANSWERS_WITHIN_S))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with ExitStack() as stack:
        server = ValkeyServer(tmp_path_factory.mktemp("command-line-valkey"))
        stack.callback(server.close)
        factory = WorkerFactory(server.url, tmp_path_factory.mktemp("command-line-workers"))
        stack.callback(factory.close)
        # `add_consumer` ends a stock worker where the queue is a quorum queue already.
        python = "reliable" if Choice.pair.is_on_quorum_queues else "py"
        for program in [start_telling(factory, server.url, kind) for kind in (python, "js")]:
            program.wait_for_log(r"ready\.", timeout_s=30)
        app = client_for(server.url)
        stack.callback(close_client, app)
        names = {
            queues[0]["name"]: name
            for each in answers(app, "active_queues", limit=2, timeout=5)
            for name, queues in each.items()
        }
        # Without colours: where pygments is installed, Celery prints an empty line for them even into a pipe.
        tools = {kind: Tool(kind, broker_url(server.url), ["--no-color"]) for kind in KINDS}
        for tool in tools.values():
            stack.callback(tool.close)
        yield Cluster(app, names, tools, server)


def comparable(printed: Printed) -> Printed:
    """The answers in the order of the workers' names, and all numbers alike."""
    head, *blocks = re.split(r"(?m)^(?=->  )", re.sub(r"(?<!@)\b\d+(\.\d+)?", "0", printed.out))
    *blocks, last = [*blocks, ""]
    blocks, rest = _without_sum(blocks)
    return Printed(printed.code, "".join([head, *sorted(blocks), last, rest]), printed.error)


def _without_sum(blocks: list[str]) -> tuple[list[str], str]:
    parts = [re.split(r"(?m)^(?=\n0 nodes? online)", block) for block in blocks]
    return [part[0] for part in parts], "".join(part[1] for part in parts if len(part) > 1)


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", "ping"],
        ["inspect", "stats"],
        ["inspect", "registered", "rate_limit"],
        ["inspect", "conf"],
        ["inspect", "query_task", "unknown"],
        ["inspect", "memsample"],
        ["status"],
        ["control", "rate_limit", "unknown", "10/m"],
        ["control", "rate_limit", "unknown"],
        ["control", "heartbeat"],
        ["control", "terminate", "KILL", "unknown"],
        ["control", "add_consumer", "more"],
        ["control", "cancel_consumer", "more"],
        ["control", "add_consumer", "media", "shop", "topic", "media.*"],
        ["inspect", "active_queues"],
        ["control", "cancel_consumer", "media"],
        ["control", "pool_grow", "1"],
        ["control", "pool_shrink", "1"],
    ],
    ids=" ".join,
)
def test_answers_of_both_workers_are_printed_as_celery_prints_them(
    cluster: Cluster, words: list[str]
) -> None:
    python, node = (comparable(cluster.ask(kind, *words)) for kind in KINDS)
    assert node == python
    assert (node.code, node.error) == (0, "")
    assert all(f"->  {name}: " in node.out for name in cluster.names.values())


def test_a_running_task_is_printed_as_celery_prints_it(
    cluster: Cluster, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    for queue in cluster.names:
        Target(cluster.app, queue).send("work.gate", (ledger.path, queue, str(gate)))
    ledger.wait_for("start", count=2)
    python, node = (comparable(cluster.ask(kind, "inspect", "active")) for kind in KINDS)
    gate.touch()
    ledger.wait_for("end", count=2)
    assert node == python
    assert node.out.count("* {'id': ") == 2


def test_json_is_what_celery_prints(cluster: Cluster) -> None:
    for words in (["inspect", "active_queues"], ["control", "heartbeat"]):
        python, node = (cluster.ask(kind, *words, "--json") for kind in KINDS)
        assert node.code == python.code == 0
        by_name = [
            sorted(json.loads(each.out), key=str) if words[0] == "control" else json.loads(each.out)
            for each in (python, node)
        ]
        assert by_name[1] == by_name[0]
        assert node.out.count("\n") == 1
    # Celery prints its sum below it, which no program could read.
    status = cluster.ask(Kind.NODE, "status", "--json")
    assert json.loads(status.out) == {name: {"ok": "pong"} for name in cluster.names.values()}


def test_the_lists_of_commands_are_celerys(cluster: Cluster) -> None:
    for command in ("inspect", "control"):
        python, node = (cluster.tools[kind](command, "--list") for kind in KINDS)
        # Where click's own test runner breaks the lines is another matter.
        assert (node.code, node.out.split()) == (0, python.out.split())


@pytest.mark.parametrize(
    "words",
    [
        ["inspect"],
        ["inspect", "xxxxxxxx"],
        ["control", "rate_limit", "a", "b", "c"],
        ["inspect", "ping", "-d", "nobody@nowhere", "-t", "0.1"],
        ["status", "-d", "nobody@nowhere", "-t", "0.1"],
    ],
    ids=" ".join,
)
def test_errors_have_the_same_words_and_exit_code(cluster: Cluster, words: list[str]) -> None:
    python, node = (cluster.tools[kind](*words) for kind in KINDS)
    assert node == without_usage(python)
    assert node.code == (69 if "-t" in words else 2)


def test_answers_are_coloured_on_a_terminal(cluster: Cluster) -> None:
    screens = []
    for kind in KINDS:
        words = ("inspect", "ping", "-d", cluster.names["js"])
        command = [word for word in cluster.tools[kind].command(*words) if word != "--no-color"]
        terminal = Terminal(command, cwd=PYTHON_PROJECT, env=clean_environment())
        assert terminal.wait() == 0
        screens.append(terminal.screen)
        terminal.close()
    assert screens[1] == screens[0]
    assert "\x1b[36m\x1b[1m" in screens[0]


@dataclass(frozen=True)
class Dump:
    """A program that prints events."""

    program: "subprocess.Popen[bytes]"
    printed: Path

    def lines_of(self, task_id: str) -> list[str]:
        """Return its output about a task, once that has succeeded."""

        def found() -> list[str] | None:
            lines = [line for line in self.printed.read_text().splitlines(keepends=True) if task_id in line]
            return lines if any(re.search(r"task.succeeded.*\n", line) for line in lines) else None

        try:
            lines = wait_until(found, WITHIN_S, f"the success of {task_id}")
        except AssertionError as error:
            raise AssertionError(f"{error}, but:\n{self.printed.read_text()}") from None
        assert lines is not None
        return lines


@contextmanager
def dumps(cluster: Cluster, folder: Path, *words: Sequence[str]) -> Iterator[list[Dump]]:
    """`events` of Celery, and one of celery-js for each of the words."""
    celerys = cluster.tools[Kind.PYTHON].command("events", "--dump")
    commands = [celerys, *(cluster.tools[Kind.NODE].command("events", *each) for each in words)]
    with ExitStack() as stack:
        started = []
        # A child of a program that is deaf to Ctrl-C would be, too.
        deaf = signal.signal(signal.SIGINT, signal.default_int_handler)
        stack.callback(signal.signal, signal.SIGINT, deaf)
        for number, command in enumerate(commands):
            path = folder / f"events-{number}"
            output = stack.enter_context(path.open("wb"))
            program = subprocess.Popen(
                command, stdout=output, stderr=subprocess.DEVNULL, env=clean_environment(), cwd=PYTHON_PROJECT
            )
            stack.enter_context(program)
            stack.callback(program.kill)
            started.append(Dump(program, path))
        wait_until(partial(_all_hear, started), WITHIN_S, "a heartbeat in all that print events")
        yield started


def _all_hear(started: Sequence[Dump]) -> bool:
    """The workers' hearts beat every two seconds."""
    return all("heartbeat" in each.printed.read_text() for each in started)


@pytest.mark.difference("Numbers")
def test_events_are_printed_as_celery_prints_them_until_ctrl_c(cluster: Cluster, tmp_path: Path) -> None:
    with dumps(cluster, tmp_path, ["--dump"], ["--json"]) as started:
        for queue in cluster.names:
            sent = Target(cluster.app, queue).send("basic.add", (1, 2))
            assert sent.get(timeout=WITHIN_S) == 3
            celerys, dumped, as_json = (each.lines_of(sent.id) for each in started)
            assert [_without_moments(line) for line in dumped] == [_without_moments(line) for line in celerys]
            assert [re.match(rf"\S+ {TIMESTAMP} task (\w+): ", line)[1] for line in dumped] == COURSE  # type: ignore[index]
            assert [json.loads(line)["type"] for line in as_json] == [f"task-{name}" for name in COURSE]
        codes = []
        for each in started:
            each.program.send_signal(signal.SIGINT)
            codes.append(each.program.wait(WITHIN_S))
    assert codes == [0, 0, 0]


def _without_moments(line: str) -> str:
    """Each heard it at its own moment; and JavaScript has one kind of number."""
    return re.sub(r"\b(\d+)\.0\b", r"\1", re.sub(r"(local_received|runtime)=[\d.e-]+", r"\1=0", line))
