"""`celery-js call`, `result` and `purge` do, and say, what Celery's commands of these names do."""

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from redis import Redis

from scripts.paths import PYTHON_PROJECT
from tests.support.terminal import Terminal
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment

from .broker import waiting
from .dead_letters.tool import (  # noqa: F401
    Tool,
    emptied_server,
    run,
    tool_of_kind,
    tools_on,
    wait_for_question,
    without_usage,
)
from .matrix import broker_url, results_url
from .workers import KINDS, Kind, Target, client_for, close_client

ADD = "conformance.basic.add"


@pytest.fixture(scope="module")
def tools(module_valkey: ValkeyServer) -> Iterator[dict[Kind, Tool]]:
    """The command line of each language."""
    url = module_valkey.url
    yield from tools_on(broker_url(url), ("--result-backend", results_url(url)))


@pytest.fixture
def backend(valkey: ValkeyServer) -> Iterator[Any]:
    """Stores results, as a worker does."""
    client = client_for(valkey.url)
    yield client.backend
    close_client(client)


def message(redis: Redis, queue: str) -> dict[str, Any]:
    """Take the only message of a queue, and remove what differs each time."""
    [raw] = waiting(redis, queue)
    redis.delete(queue)
    whole: dict[str, Any] = json.loads(raw)
    for name in ("id", "root_id", "origin", "lang"):
        assert whole["headers"].pop(name)
    for name in ("correlation_id", "delivery_tag", "reply_to"):
        whole["properties"].pop(name)
    for name in ("eta", "expires"):
        # A time relative to now: only its form is compared.
        moment = whole["headers"][name]
        whole["headers"][name] = moment and re.sub(r"^20[^3].*(?=[+-]\d\d:\d\d$)", "soon", moment)
    for name in ("expiration", "timestamp"):
        whole["properties"].pop(name, None)
    return whole


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-a", "[1, 2]"],
        ["--args", '["é", null, {"a": [true]}]', "-k", '{"x": 1}'],
        ["--kwargs={}", "--queue", "others"],
        ["--countdown", "30"],
        ["--eta", "2031-02-03T04:05:06+02:00"],
        ["--eta", "2031-02-03T04:05:06"],
        ["--expires", "60"],
        ["--expires", "2031-02-03T04:05:06+00:00"],
        ["--serializer", "json"],
    ],
    ids=" ".join,
)
def test_call_sends_what_celery_call_sends(tools: dict[Kind, Tool], redis: Redis, words: list[str]) -> None:
    queue = "others" if "others" in words else "celery"
    sent = {}
    for kind in KINDS:
        printed = tools[kind]("call", ADD, *words)
        assert (printed.code, printed.error) == (0, "")
        [raw] = waiting(redis, queue)
        assert printed.out == f"{json.loads(raw)['headers']['id']}\n"
        sent[kind] = message(redis, queue)
    assert sent[Kind.NODE] == sent[Kind.PYTHON]


VALUES = [3, 2.5, "text", "", None, True, [1, "a", None], {"a": {"b": [False]}}, "two\nlines", "é 😀"]
TYPED = [
    Decimal("1.50"),
    UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
    date(2031, 2, 3),
    time(4, 5, 6),
    datetime(2031, 2, 3, 4, 5, 6, 789000, tzinfo=UTC),
    datetime(2031, 2, 3, 4, 5, tzinfo=UTC),
]


def test_result_prints_what_celery_result_prints(tools: dict[Kind, Tool], backend: Any) -> None:
    for number, value in enumerate([*VALUES, *TYPED]):
        backend.store_result(f"id-{number}", value, "SUCCESS")
        python, node = (tools[kind]("result", f"id-{number}") for kind in KINDS)
        assert node == python, repr(value)


def test_result_as_json(tools: dict[Kind, Tool], backend: Any) -> None:
    backend.store_result("whole", VALUES, "SUCCESS")
    printed = tools[Kind.NODE]("result", "whole", "--json")
    assert (printed.code, json.loads(printed.out)) == (0, VALUES)


def test_result_of_a_failed_task_is_its_error_or_its_traceback(tool: Tool, backend: Any) -> None:
    backend.store_result("failed", ValueError("boom"), "FAILURE", traceback="Traceback:\n  here")
    assert (tool("result", "failed", "--traceback").out, tool("result", "failed").code) == (
        "Traceback:\n  here\n",
        1,
    )
    assert tool("result", "unknown", "--traceback").out == "\n"


def test_the_error_of_a_failed_task_is_one_line(tools: dict[Kind, Tool], backend: Any) -> None:
    backend.store_result("failed", ValueError("boom"), "FAILURE")
    printed = tools[Kind.NODE]("result", "failed")
    assert (printed.code, printed.out, printed.error) == (1, "", "Error: ValueError: boom\n")


def test_result_waits_for_a_task_that_has_not_ended(
    tools: dict[Kind, Tool], backend: Any, redis: Redis
) -> None:
    command = tools[Kind.NODE].command("result", "later")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean_environment()) as waiter:
        channel = "celery-task-meta-later"
        wait_until(lambda: channel in redis.pubsub_channels(), 20, "a client that waits for the result")
        backend.store_result("later", "here it is", "SUCCESS")
        assert waiter.communicate(timeout=20)[0] == "here it is\n"
    assert waiter.returncode == 0


def fill(queue: Target) -> None:
    """Three messages in two lists of one queue, one in each of two others."""
    for name, priority in (("celery", 0), ("celery", 0), ("celery", 9), ("mails", 0), ("slow", 0)):
        queue.send("basic.add", (1, 2), queue=name, priority=priority)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["-f"], {"mails": 1, "slow": 1}),
        (["-f", "-Q", "mails,slow"], {"celery": 3}),
        (["--force", "--queues", "mails,slow,celery", "-X", "slow,celery"], {"celery": 3, "slow": 1}),
        pytest.param(
            ["-f", "-Q", "slow", "-X", "slow"],
            {"celery": 3, "mails": 1, "slow": 1},
            marks=pytest.mark.long,
        ),
        (["-f", "-Q", "empty"], {"celery": 3, "mails": 1, "slow": 1}),
        pytest.param(
            ["-f", "-Q", "empty,emptier"], {"celery": 3, "mails": 1, "slow": 1}, marks=pytest.mark.long
        ),
    ],
    ids=" ".join,
)
def test_purge_deletes_and_says_what_celery_purge_does(
    tools: dict[Kind, Tool], redis: Redis, queue: Target, words: list[str], left: dict[str, int]
) -> None:
    printed = {}
    for kind in KINDS:
        redis.flushall()
        fill(queue)
        # In its own process: a process that runs several commands knows the queues of earlier ones.
        printed[kind] = run(tools[kind].command("purge", *words))
        counted = {name: len(waiting(redis, name)) for name in ("celery", "mails", "slow")}
        assert {name: count for name, count in counted.items() if count} == left
    assert printed[Kind.NODE] == printed[Kind.PYTHON]


def test_purge_deletes_what_waits_after_a_yes_only(tool: Tool, redis: Redis, queue: Target) -> None:
    fill(queue)
    unasked = tool("purge")
    assert unasked.code == 1
    assert "There is no undo for this operation!" in unasked.out
    assert unasked.error.strip() == "Aborted!"
    for answer, code, left in ((b"n\r", 1, 3), (b"y\r", 0, 0)):
        terminal = Terminal(tool.command("purge"), cwd=PYTHON_PROJECT, env=clean_environment())
        wait_for_question(terminal)
        assert "\x1b[31mWARNING" in terminal.screen
        terminal.type(answer)
        assert terminal.wait() == code
        terminal.close()
        assert len(waiting(redis, "celery")) == left


def test_purge_as_json(tools: dict[Kind, Tool], queue: Target) -> None:
    fill(queue)
    printed = tools[Kind.NODE]("purge", "-f", "-Q", "slow,mails", "--json")
    assert json.loads(printed.out) == {"purged": 2, "queues": ["mails", "slow"]}


@pytest.mark.parametrize(
    "words",
    [
        ["call"],
        ["call", "a", "b"],
        ["call", "a", "b", "c"],
        ["call", "a", "-a", "{}"],
        ["call", "a", "--kwargs", "[1]"],
        ["call", "a", "--countdown", "soon"],
        ["result"],
        ["result", "a", "b"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_refused_in_the_same_words(tools: dict[Kind, Tool], words: list[str]) -> None:
    python, node = (tools[kind](*words) for kind in KINDS)
    assert node == without_usage(python)
    assert node.code == 2


@pytest.mark.parametrize("words", [["-a", "[1"], ["--eta", "soon"], ["--expires", "soon"]], ids=" ".join)
def test_a_value_that_cannot_be_read_is_refused_with_its_option(
    tools: dict[Kind, Tool], words: list[str]
) -> None:
    python, node = (without_usage(tools[kind]("call", "a", *words)) for kind in KINDS)
    said = r"Error: Invalid value for [^:]*: "
    assert (node.code, re.match(said, node.error)[0]) == (2, re.match(said, python.error)[0])  # type: ignore[index]
