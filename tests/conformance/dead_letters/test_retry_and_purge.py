"""Dead letters are put back or deleted by id, task, reason, queue and age."""

import json
import time

from redis import Redis

from scripts.paths import PYTHON_PROJECT
from tests.conformance.broker import waiting
from tests.conformance.workers import Kind, StartWorker, Target
from tests.support.terminal import Terminal
from tests.support.valkey import ValkeyServer
from tests.support.workers import clean_environment

from .conftest import Bury
from .tool import ADD, HOUR_MS, Tool, put, wait_for_question, without_usage


def test_a_long_list_is_read_in_pages_and_retried_in_its_order(tool: Tool, redis: Redis, bury: Bury) -> None:
    raw = bury("some-id")
    redis.delete("jobs.dead")
    ids = [f"id-{n:03}" for n in range(250)]
    for task_id in ids:
        put(redis, raw.replace("some-id", task_id), hours=2)
    listed = json.loads(tool("list", "--json", "--limit", "0").out)
    assert [letter["id"] for letter in listed] == ids[::-1]
    limited = tool("list")
    assert len(limited.out.splitlines()) == 1 + 50
    assert "--limit 0" in limited.error
    assert tool("retry", "--all").out == "250 dead letters put back: 250 into jobs.\n"
    assert [json.loads(message)["headers"]["id"] for message in waiting(redis)] == ids
    assert redis.exists("jobs.dead") == 0


def test_retry_restores_the_message_and_resets_its_losses(tool: Tool, redis: Redis, bury: Bury) -> None:
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
    assert queue.app.AsyncResult("again").get(timeout=30) == 3


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
    assert tool("retry", "aaa").error == "Error: 'aaa' matches 2 dead letters: aaa2, aaa1.\n"
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
    put(redis, raw, reason="undecodable")
    bury("fine")
    refused = tool("retry", "--all")
    assert refused.code == 1
    assert refused.out == "1 dead letter put back: 1 into jobs.\n"
    assert refused.error.startswith("Error: 1 dead letter not put back: unreadable for all workers.")
    assert (
        "\\x80\\x04\\x95 no text\\x0a\\x0a"
        in tool("show", json.loads(tool("list", "--json").out)[0]["id"]).out
    )
    assert tool("retry", "--all", "--force").code == 0
    with Redis.from_url(valkey.url) as binary:
        assert binary.lindex("jobs", 0) == raw


def test_purge_deletes_the_selected_dead_letters(tool: Tool, redis: Redis, bury: Bury) -> None:
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
    assert tool("purge", "--queue", "other", "--all", "--yes").code == 0
    assert redis.exists("other.dead") == 0
    assert tool("purge", "--all", "--yes", "--json").out == '{\n  "purged": {\n    "jobs": 1\n  }\n}\n'
    assert tool("purge", "--all", "--yes").out == "No dead letters.\n"


def test_purge_deletes_everything_only_when_it_is_told_to(tool: Tool, redis: Redis, bury: Bury) -> None:
    bury("kept")
    for words in (["--yes"], ["--queue", "jobs", "--yes"], ["kept", "--all", "--yes"]):
        refused = tool("purge", *words)
        assert refused.code == 2
        assert (
            without_usage(refused).error
            == "Error: purge takes one or more IDs, or --task, --reason, --older-than or --all.\n"
        )
    assert redis.llen("jobs.dead") == 1


def test_purge_asks_and_deletes_nothing_without_a_yes(tool: Tool, redis: Redis, bury: Bury) -> None:
    bury("kept")
    unasked = tool("purge", "--all")
    assert unasked.code == 2
    assert unasked.error == "Error: purge deletes for good: confirm with --yes.\n"
    for answer, code, left in ((b"n\r", 1, 1), (b"y\r", 0, 0)):
        terminal = Terminal(tool.command("purge", "--all"), cwd=PYTHON_PROJECT, env=clean_environment())
        wait_for_question(terminal)
        terminal.type(answer)
        assert terminal.wait() == code
        terminal.close()
        assert redis.llen("jobs.dead") == left
