"""`celery dead` and `celery-js dead` are one tool: what they show, and say when they cannot."""

import json
import re

import pytest
from redis import Redis

from scripts.paths import NODE_PROJECT, PYTHON_PROJECT
from tests.conformance.test_wrong_messages import CASES
from tests.conformance.workers import KINDS, Kind
from tests.support.terminal import Terminal
from tests.support.valkey import ValkeyServer
from tests.support.workers import clean_environment

from .conftest import Bury
from .ids import LETTERS, is_expected
from .tool import ADD, PROGRAMS, Tool, put, run, without_usage


def test_both_tools_say_the_same(tools: dict[Kind, Tool], redis: Redis, bury: Bury) -> None:
    bury("aaa1-first", reason="NotRegistered", hours=50)
    bury("aaa2-other", task="errors.fail", queue_name="öther", hours=7, priority=9)
    put(redis, CASES["celery-node, protocol 1"], reason="ContentDisallowed", hours=6)
    put(redis, b"\x80\x04\x95 no text\x1b[31m", reason="undecodable", hours=5)
    put(redis, '{"properties": {}}', reason="unreadable \u001b[31m \U0001f600", hours=4.5)
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
        ["purge", "--all"],
        ["purge", "aaa1", "--all"],
        ["purge", "--yes", "--older-than", "soon"],
        ["purge", "--yes", "--older-than", "3d"],
        ["list", "--queue", ","],
    ]
    listed = json.loads(tools[Kind.NODE]("list", "--json").out)
    unreadable = [letter["id"] for letter in listed if letter["task"] is None]
    calls += [["show", letter_id, *as_json] for letter_id in unreadable for as_json in ([], ["--json"])]
    for words in calls:
        python, node = (tools[kind](*words) for kind in KINDS)
        assert without_usage(python) == node, f"dead {' '.join(words)}"


@pytest.mark.parametrize("name", LETTERS)
def test_a_dead_letter_has_the_id_under_which_its_sender_waits(tool: Tool, redis: Redis, name: str) -> None:
    put(redis, LETTERS[name].envelope())

    [letter] = json.loads(tool("list", "--json").out)

    assert is_expected(letter["id"], name), letter


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
def test_with_an_app_its_queues_are_listed_under_its_prefix(
    kind: Kind, valkey: ValkeyServer, bury: Bury
) -> None:
    for name in ("blue:py-queue", "blue:js-queue", "blue:slow", "py-queue"):
        bury(name, queue_name=name)
    app = {Kind.PYTHON: "py_workers.worker", Kind.NODE: "js_workers/config.js"}[kind]
    folder = {Kind.PYTHON: PYTHON_PROJECT, Kind.NODE: NODE_PROJECT}[kind]
    variables = {"JOBS_BROKER_URL": valkey.url, "JOBS_GLOBAL_KEYPREFIX": "blue:"}
    command = [*PROGRAMS[kind], "-A", app, "dead", "list", "--json"]
    listed = json.loads(run(command, folder, variables).out)
    assert [letter["queue"] for letter in listed] == ["py-queue", "js-queue"][::-1]
    slow = json.loads(run([*command, "--queue", "slow"], folder, variables).out)
    assert [(letter["id"], letter["queue"]) for letter in slow] == [("blue:slow", "slow")]
