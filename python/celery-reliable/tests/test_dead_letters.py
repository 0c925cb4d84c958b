"""What is kept of tasks that failed for good, for how long, and what a dead letter says of itself."""

import json
import time
from collections.abc import Callable

import pytest
from celery import Celery
from conftest import Server, StartWorker
from redis import Redis

from celery_reliable.dead_letter import dead_letter_header
from celery_reliable.dead_letter_text import age, iso, parse_age
from celery_reliable.dead_letters import DeadLetter, DeadLetters, read_dead_letter
from celery_reliable.expiry import Expiry
from celery_reliable.keys import Keys
from celery_reliable.options import read_options
from tests.support.waiting import wait_until

DAY_MS = 86_400_000


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_a_final_failures_message_is_kept_with_its_error(
    pool: str, server: Server, client: Celery, start: StartWorker
) -> None:
    start(pool=pool)
    failed = client.send_task("worker_app.fail_for_good", ["sorry"])
    retried = client.send_task("worker_app.fail_after_a_retry")
    for result in (failed, retried):
        with pytest.raises(ValueError, match=r"sorry|again"):
            result.get(timeout=20)
    wait_until(server.is_clean, what="the end of both messages")
    kept = {json.loads(raw)["headers"]["id"]: (header, json.loads(raw)) for header, raw in server.dead()}
    assert set(kept) == {failed.id, retried.id}
    assert len(server.dead()) == 2
    assert {header["reason"] for header, _ in kept.values()} == {"ValueError"}
    assert kept[retried.id][1]["headers"]["retries"] == 1


def test_a_task_stopped_at_its_time_limit_is_a_final_failure(
    server: Server, client: Celery, start: StartWorker
) -> None:
    start(pool="prefork")
    result = client.send_task("worker_app.outlast_its_limit")
    wait_until(server.dead, 20, "a dead letter")
    assert [header["reason"] for header, _ in server.dead()] == ["TimeLimitExceeded"]
    assert result.state == "FAILURE"
    wait_until(server.is_clean, what="the end of the message")


def test_the_log_names_a_task_that_was_lost_for_good(server: Server, client: Celery, start: StartWorker) -> None:
    worker = start(pool="prefork")
    result = client.send_task("worker_app.kill_process_untried")
    wait_until(server.dead, 20, "a dead letter")
    assert [header["reason"] for header, _ in server.dead()] == ["WorkerLostError"]
    worker.wait_for_log(rf"Task worker_app\.kill_process_untried\[{result.id}\] has failed for good: .*WorkerLost")
    worker.wait_for_log(rf"The message of task {result.id} is kept in jobs\.dead: WorkerLostError")


def test_successes_and_early_acknowledged_tasks_leave_no_dead_letter(
    server: Server, client: Celery, start: StartWorker
) -> None:
    start(pool="threads", concurrency=1)
    client.send_task("worker_app.end_without_failing", ["ignored"])
    early = client.send_task("worker_app.fail_early_acknowledged")
    assert client.send_task("worker_app.end_without_failing", ["succeeded"]).get(timeout=20) is None
    assert early.state == "FAILURE"
    wait_until(server.is_clean, what="the end of all messages")
    assert server.dead() == []


def test_a_worker_deletes_dead_letters_that_are_too_old(server: Server, redis: Redis, start: StartWorker) -> None:
    for days in (31, 29):
        redis.lpush("jobs.dead", _letter(f"{days} days", days))
    start(pool="solo")
    wait_until(lambda: len(server.dead()) == 1, what="one dead letter")
    assert server.dead()[0][1] == "29 days"


def test_dead_letters_are_kept_for_ever_when_their_age_is_0(server: Server, redis: Redis) -> None:
    redis.lpush("jobs.dead", _letter("old", 1000))
    for max_age_s, left in ((0, 1), (1e9, 1), (86_400, 0)):
        options = read_options({"dead_letter_max_age_s": max_age_s}, Keys())
        Expiry(Redis.from_url(server.url), options).run(["jobs", "empty"])
        assert redis.llen("jobs.dead") == left


def test_what_comes_in_while_all_are_retried_is_left_out(server: Server, redis: Redis) -> None:
    for n in range(150):
        redis.lpush("jobs.dead", _letter(f"old {n}"))
    letters = DeadLetters(Redis.from_url(server.url), Keys())

    def fail_again(page: list[DeadLetter]) -> int:
        for letter in page:
            redis.lpush("jobs.dead", letter.entry.replace(b"old", b"new"))
        return len(page) - letters.retry(page)

    letters.each_page("jobs", fail_again)

    assert redis.llen("jobs") == 150
    assert all(raw.startswith("new") for _, raw in server.dead())


def test_a_letter_that_is_gone_is_not_put_back(server: Server, redis: Redis) -> None:
    redis.lpush("jobs.dead", _letter("once"))
    letters = DeadLetters(Redis.from_url(server.url), Keys())
    [letter] = letters.newest_first("jobs")
    assert (letters.retry([letter]), letters.retry([letter]), letters.delete([letter])) == (1, 0, 0)
    assert redis.lrange("jobs", 0, -1) == ["once"]


def test_a_letter_stays_when_its_queue_refuses_it(server: Server, redis: Redis) -> None:
    redis.lpush("jobs.dead", _letter("kept"))
    redis.set("jobs", "no list")
    letters = DeadLetters(Redis.from_url(server.url), Keys())
    with pytest.raises(Exception, match="WRONGTYPE"):
        letters.retry(list(letters.newest_first("jobs")))
    assert redis.llen("jobs.dead") == 1


def test_a_letter_on_a_full_server_is_put_back(server: Server, redis: Redis) -> None:
    redis.lpush("jobs.dead", _letter("moved"))
    letters = DeadLetters(Redis.from_url(server.url), Keys())
    found = list(letters.newest_first("jobs"))
    letters.retry([read_dead_letter("jobs", b"loads the script")])
    redis.config_set("maxmemory", 1)
    assert letters.retry(found) == 1
    redis.config_set("maxmemory", 0)
    assert redis.lrange("jobs", 0, -1) == ["moved"]


ODD: dict[str, tuple[bytes, Callable[[DeadLetter], bool]]] = {
    "no first line": (b"by hand", lambda letter: letter.raw == b"by hand" and letter.reason == "unknown"),
    "no object": (b"[1]\nraw", lambda letter: letter.raw == b"raw" and letter.time is None),
    "line feeds in the message": (b"{}\na\nb\n", lambda letter: letter.raw == b"a\nb\n"),
    "a time that is not a date": (b'{"time": 1e99}\nx', lambda letter: letter.time is None),
    "headers that are not an object": (
        b'{}\n{"body": "", "headers": 7, "properties": {}}',
        lambda letter: not letter.is_readable,
    ),
    "bytes": (b'{"reason": "\xc3\xa9"}\n\xff', lambda letter: letter.reason == "é" and not letter.is_readable),
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_is_in_the_list_can_be_read(name: str) -> None:
    entry, is_right = ODD[name]
    letter = read_dead_letter("jobs", entry)
    assert is_right(letter)
    assert letter.entry == entry
    assert letter.id


def test_ages_are_short() -> None:
    now = time.time() * 1000
    ages = (0, 59.5, 61, 3 * 3600 + 5, 47 * 3600, 90 * 86_400 + 1, -5)
    assert [age(int(now - s * 1000)) for s in ages] == ["0s", "59s", "1m", "3h", "1d", "90d", "0s"]
    assert [parse_age(text) for text in ("90", "30m", "12h", "7d", "d", "1.5h", "-1", "")] == [
        *(90, 1800, 43_200, 604_800),
        *(None, None, None, None),
    ]
    assert iso(1_795_351_145_007) == "2026-11-22T12:39:05.007Z"


def _letter(raw: str, days: float = 0) -> str:
    header = json.loads(dead_letter_header("rejected", "celery@here"))
    return json.dumps({**header, "time": int(time.time() * 1000 - days * DAY_MS)}) + f"\n{raw}"
