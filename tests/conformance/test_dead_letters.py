"""`celery dead` and `celery-js dead` are one tool: the same commands, the same words, the same effects."""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, VENV_PYTHON
from tests.support.terminal import Terminal
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment

from .broker import STEPS, waiting
from .test_wrong_messages import CASES
from .workers import KINDS, Kind, StartWorker, Target

HOUR_MS = 3_600_000
ADD = "conformance.basic.add"
PROGRAMS: dict[Kind, list[str]] = {
    Kind.PYTHON: [str(VENV_PYTHON), "-m", "celery"],
    Kind.NODE: ["node", str(NODE_PROJECT / "celery-js" / "src" / "cli" / "main.js")],
}


@dataclass(frozen=True)
class Printed:
    """What a call of the tool printed, and its exit code."""

    code: int
    out: str
    error: str


class Tool:
    """The tool of one language, on the test's server."""

    def __init__(self, kind: Kind, url: str) -> None:
        self._program = PROGRAMS[kind]
        self._url = url
        self._celery: subprocess.Popen[str] | None = None
        if kind is Kind.PYTHON:
            command = [VENV_PYTHON, Path(__file__).with_name("dead_tool.py")]
            pipe, env = subprocess.PIPE, clean_environment()
            self._celery = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=env)

    def command(self, *words: str) -> list[str]:
        """The words of a command line."""
        return [*self._program, "-b", self._url, "dead", *words]

    def __call__(self, *words: str) -> Printed:
        """Call it with nobody at the keyboard."""
        if self._celery is None:
            return _run(self.command(*words))
        assert self._celery.stdin
        assert self._celery.stdout
        self._celery.stdin.write(f"{json.dumps(['-b', self._url, 'dead', *words])}\n")
        self._celery.stdin.flush()
        return Printed(*json.loads(self._celery.stdout.readline()))

    def close(self) -> None:
        """End what it has started."""
        if self._celery is not None:
            self._celery.communicate(timeout=20)


@pytest.fixture
def valkey(module_valkey: ValkeyServer) -> ValkeyServer:
    """An empty server: starting one for each test, and the tools with it, would take most of the time."""
    with module_valkey.client as client:
        client.flushall()
    return module_valkey


@pytest.fixture(scope="module")
def tools(module_valkey: ValkeyServer) -> Iterator[dict[Kind, Tool]]:
    """Both of them."""
    started = {kind: Tool(kind, module_valkey.url) for kind in KINDS}
    yield started
    for tool in started.values():
        tool.close()


@pytest.fixture(params=KINDS)
def tool(request: pytest.FixtureRequest, tools: dict[Kind, Tool]) -> Tool:
    return tools[Kind(request.param)]


Bury = Callable[..., str]


@pytest.fixture
def bury(redis: Redis, queue: Target) -> Bury:
    """`bury(id, ...)` puts a task among the dead letters of its queue, and returns its message."""

    def bury(
        task_id: str,
        *,
        queue_name: str = "jobs",
        task: str = "basic.add",
        reason: str = "rejected",
        hours: float = 3,
        priority: int = 0,
    ) -> str:
        # Sent, so that it is what a client writes, and taken out of its list before anybody runs it.
        options: dict[str, Any] = {"queue": queue_name, "task_id": task_id, "priority": priority}
        queue.send(task, (1, 2), **options)
        [raw] = waiting(redis, queue_name)
        _forget_waiting(redis, queue_name)
        _put(redis, raw, queue_name=queue_name, reason=reason, hours=hours)
        return raw

    return bury


def test_both_tools_say_the_same(tools: dict[Kind, Tool], redis: Redis, bury: Bury) -> None:
    bury("aaa1-first", reason="NotRegistered", hours=50)
    bury("aaa2-other", task="errors.fail", queue_name="öther", hours=7, priority=9)
    _put(redis, CASES["celery-node, protocol 1"], reason="ContentDisallowed", hours=6)
    _put(redis, b"\x80\x04\x95 no text\x1b[31m", reason="undecodable", hours=5)
    _put(redis, '{"properties": {}}', reason="unreadable \u001b[31m \U0001f600", hours=4.5)
    redis.lpush("jobs.dead", "put here by hand")
    calls = [
        ["list"],
        ["list", "--json"],
        ["list", "--limit", "2"],
        ["list", "--queue", "öther,empty"],
        ["list", "--task", ADD, "--reason", "NotRegistered", "--json"],
        ["list", "--task", "nobody"],
        ["show", "aaa1"],
        ["show", "aaa2-other", "--json"],
        ["show", "3f0b1c9e"],
        ["show", "aaa"],
        ["show", "nothing"],
        ["show", ""],
        ["retry"],
        ["retry", "aaa1", "--all"],
        ["retry", "--task", "nobody"],
        ["purge"],
        ["purge", "--yes", "--older-than", "soon"],
        ["purge", "--yes", "--older-than", "3d"],
        ["list", "--queue", ","],
    ]
    listed = json.loads(tools[Kind.NODE]("list", "--json").out)
    unreadable = [letter["id"] for letter in listed if letter["task"] is None]
    calls += [["show", letter_id, *as_json] for letter_id in unreadable for as_json in ([], ["--json"])]
    for words in calls:
        python, node = (tools[kind](*words) for kind in KINDS)
        assert _without_usage(python) == node, f"dead {' '.join(words)}"


def test_dead_letters_are_listed_newest_first_over_all_queues(tool: Tool, bury: Bury) -> None:
    bury("three", hours=49, reason="NotRegistered")
    bury("two", hours=3, queue_name="other")
    bury("one", hours=1)
    assert [line.split() for line in tool("list").out.splitlines()] == [
        ["AGE", "REASON", "TASK", "ID", "WORKER", "DELIVERIES", "QUEUE"],
        ["1h", "rejected", ADD, "one", "celery@here", "2", "jobs"],
        ["3h", "rejected", ADD, "two", "celery@here", "2", "other"],
        ["2d", "NotRegistered", ADD, "three", "celery@here", "2", "jobs"],
    ]


def test_a_long_list_is_read_in_pages_and_retried_in_its_order(tool: Tool, redis: Redis, bury: Bury) -> None:
    raw = bury("some-id")
    redis.delete("jobs.dead")
    ids = [f"id-{n:03}" for n in range(250)]
    for task_id in ids:
        _put(redis, raw.replace("some-id", task_id), hours=2)
    listed = json.loads(tool("list", "--json", "--limit", "0").out)
    assert [letter["id"] for letter in listed] == ids[::-1]
    limited = tool("list")
    assert len(limited.out.splitlines()) == 1 + 50
    assert "--limit 0" in limited.error
    assert tool("retry", "--all").out == "250 dead letters put back: 250 into jobs.\n"
    assert [json.loads(message)["headers"]["id"] for message in waiting(redis)] == ids
    assert redis.exists("jobs.dead") == 0


def test_a_retried_message_is_as_it_was_in_its_list_and_its_losses_are_forgotten(
    tool: Tool, redis: Redis, bury: Bury
) -> None:
    raw = bury("this-one", priority=5)
    bury("another")
    redis.hset("celery.deliveries", mapping={"this-one": 5, "another": 5})
    redis.zadd("celery.counted", {"this-one": 1, "another": 1})
    assert tool("retry", "this").out == "1 dead letter put back: 1 into jobs.\n"
    assert redis.lrange("jobs\x06\x163", 0, -1) == [raw]
    assert redis.exists("jobs") == 0
    assert redis.llen("jobs.dead") == 1
    assert redis.hkeys("celery.deliveries") == ["another"]
    assert redis.zrange("celery.counted", 0, -1) == ["another"]


def test_a_retried_task_runs(tool: Tool, start: StartWorker, queue: Target, bury: Bury) -> None:
    bury("again", reason="NotRegistered")
    start(Kind.NODE)
    assert tool("retry", "--task", ADD).code == 0
    assert queue.app.AsyncResult("again").get(timeout=10) == 3


def test_only_the_tasks_that_are_named_are_retried(tool: Tool, redis: Redis, bury: Bury) -> None:
    bury("add-1")
    bury("fail-1", task="errors.fail", queue_name="other")
    bury("add-2", queue_name="other", reason="NotRegistered")
    tool("retry", "--task", ADD, "--reason", "rejected")
    assert [json.loads(raw)["headers"]["id"] for raw in waiting(redis)] == ["add-1"]
    assert (
        tool("retry", "--task", ADD, "--json").out
        == '{\n  "retried": {\n    "other": 1\n  },\n  "refused": 0\n}\n'
    )
    assert redis.llen("other.dead") == 1


def test_an_id_that_is_wrong_or_ambiguous_puts_nothing_back(tool: Tool, redis: Redis, bury: Bury) -> None:
    bury("aaa1")
    bury("aaa2")
    assert tool("retry", "aaa").error == "Error: 'aaa' stands for 2 dead letters: aaa2, aaa1.\n"
    assert tool("retry", "aaa1", "bbb").code == 1
    assert redis.llen("jobs.dead") == 2


def test_of_several_with_one_id_the_newest_is_retried(tool: Tool, bury: Bury) -> None:
    bury("same", hours=9)
    bury("same", hours=5)
    assert tool("retry", "same").code == 0
    [left] = json.loads(tool("list", "--json").out)
    assert left["time"] < time.time() * 1000 - 8 * HOUR_MS


def test_what_no_worker_can_read_is_put_back_only_by_force(
    tool: Tool, valkey: ValkeyServer, redis: Redis, bury: Bury
) -> None:
    raw = b"\x80\x04\x95 no text\n\n"
    _put(redis, raw, reason="undecodable")
    bury("fine")
    refused = tool("retry", "--all")
    assert refused.code == 1
    assert refused.out == "1 dead letter put back: 1 into jobs.\n"
    assert refused.error.startswith("Error: 1 dead letter not put back: no worker can read them.")
    assert (
        "\\x80\\x04\\x95 no text\\x0a\\x0a"
        in tool("show", json.loads(tool("list", "--json").out)[0]["id"]).out
    )
    assert tool("retry", "--all", "--force").code == 0
    with Redis.from_url(valkey.url) as binary:
        assert binary.lindex("jobs", 0) == raw


def test_purge_deletes_what_it_was_told_to(tool: Tool, redis: Redis, bury: Bury) -> None:
    bury("old", hours=48)
    bury("new", hours=1)
    bury("other", hours=48, task="errors.fail", queue_name="other")
    bury("picked", hours=1, queue_name="other")
    assert tool("purge", "picked", "--yes").out == "1 dead letter deleted: 1 from other.\n"
    assert (
        tool("purge", "--older-than", "1d", "--task", ADD, "--yes").out
        == "1 dead letter deleted: 1 from jobs.\n"
    )
    assert redis.llen("jobs.dead") == redis.llen("other.dead") == 1
    assert tool("purge", "--queue", "other", "--yes").code == 0
    assert redis.exists("other.dead") == 0
    assert tool("purge", "--yes", "--json").out == '{\n  "purged": {\n    "jobs": 1\n  }\n}\n'
    assert tool("purge", "--yes").out == "No dead letters.\n"


def test_purge_asks_and_deletes_nothing_without_a_yes(tool: Tool, redis: Redis, bury: Bury) -> None:
    bury("kept")
    unasked = tool("purge")
    assert unasked.code == 2
    assert unasked.error == "Error: purge deletes for good: say --yes.\n"
    for answer, code, left in ((b"n\r", 1, 1), (b"y\r", 0, 0)):
        terminal = Terminal(tool.command("purge"), cwd=PYTHON_PROJECT, env=clean_environment())
        wait_for_question(terminal)
        terminal.type(answer)
        assert terminal.wait() == code
        terminal.close()
        assert redis.llen("jobs.dead") == left


def test_colours_are_for_terminals(tool: Tool, bury: Bury) -> None:
    bury("one")
    assert "\x1b[" not in tool("list").out
    terminal = Terminal(tool.command("list"), cwd=PYTHON_PROJECT, env=clean_environment())
    assert terminal.wait() == 0
    assert "\x1b[1mAGE" in terminal.screen
    terminal.close()


def test_a_server_that_is_not_there_is_one_line(tool: Tool, valkey: ValkeyServer) -> None:
    valkey.stop()
    try:
        printed = tool("list")
    finally:
        valkey.start()
    assert printed.code == 1
    assert re.fullmatch(rf"Error: .*127\.0\.0\.1:{valkey.port}.*\n", printed.error)


def test_a_key_of_another_kind_is_one_line(tool: Tool, redis: Redis) -> None:
    redis.set("jobs.dead", "no list")
    printed = tool("list", "--queue", "jobs")
    assert printed.code == 1
    assert re.fullmatch(r"Error: .*WRONGTYPE.*\n", printed.error)


@pytest.mark.parametrize("kind", KINDS)
def test_with_an_app_the_queues_of_its_settings_are_listed_under_its_prefix(
    kind: Kind, valkey: ValkeyServer, bury: Bury
) -> None:
    for name in ("blue:py-queue", "blue:js-queue", "blue:slow", "py-queue"):
        bury(name, queue_name=name)
    app = {Kind.PYTHON: "py_workers.worker", Kind.NODE: "js_workers/config.js"}[kind]
    folder = {Kind.PYTHON: PYTHON_PROJECT, Kind.NODE: NODE_PROJECT}[kind]
    variables = {"JOBS_BROKER_URL": valkey.url, "JOBS_GLOBAL_KEYPREFIX": "blue:"}
    command = [*PROGRAMS[kind], "-A", app, "dead", "list", "--json"]
    listed = json.loads(_run(command, folder, variables).out)
    assert [letter["queue"] for letter in listed] == ["py-queue", "js-queue"][::-1]
    slow = json.loads(_run([*command, "--queue", "slow"], folder, variables).out)
    assert [(letter["id"], letter["queue"]) for letter in slow] == [("blue:slow", "slow")]


def wait_for_question(terminal: Terminal) -> None:
    """Wait until somebody is asked."""
    wait_until(lambda: "[y/N]" in terminal.screen, 15, "a question on the terminal")


def _run(
    command: Sequence[str], cwd: Any = PYTHON_PROJECT, variables: dict[str, str] | None = None
) -> Printed:
    env = {**clean_environment(), "COLUMNS": "200", **(variables or {})}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    return Printed(done.returncode, done.stdout, done.stderr)


def _without_usage(printed: Printed) -> Printed:
    """What click adds to a wrong call is Celery's manner, and not a part of the message."""
    return Printed(printed.code, printed.out, re.sub(r"^Usage: .*\nTry .*\n\n", "", printed.error))


def _put(
    redis: Redis, raw: str | bytes, *, queue_name: str = "jobs", reason: str = "rejected", hours: float = 3
) -> None:
    """Put a message aside as a worker does; half an hour beyond the hours, so that its age stays the same."""
    moment = int(time.time() * 1000 - hours * HOUR_MS - HOUR_MS / 4)
    header = {"reason": reason, "time": moment, "worker": "celery@here", "deliveries": 2}
    message = raw if isinstance(raw, bytes) else raw.encode()
    redis.lpush(f"{queue_name}.dead", json.dumps(header).encode() + b"\n" + message)


def _forget_waiting(redis: Redis, queue_name: str) -> None:
    redis.delete(*(queue_name + step for step in STEPS))
