"""Hostile messages among the jobs: their draw, and the account of their ends on made-up places."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hostile.messages import HostileMessage
from tests.hostile.places import Places
from tests.support.valkey import ValkeyServer

from .facts import Language
from .hostile import account_for, draw_hostile
from .hostile_load import HostileLoad
from .plan import Plan, make_plan
from .remains import held_by, lengths, read_remains
from .report import hostile_row

MESSAGE = HostileMessage(7, '{"body": "", "number": 7}', "hostile-7", ignores_result=False)
UNNAMED = HostileMessage(8, "8 {", None, ignores_result=False)
SILENT = HostileMessage(9, '{"number": 9}', "hostile-9", ignores_result=True)
NOWHERE = Places(states={}, ran=(), dead=(), parked=(), log="")


def plan(seed: int, hostile_every: int) -> Plan:
    return make_plan(
        seed, tasks=1_000, kills=10, restarts=1, seconds=40, lease_s=4, hostile_every=hostile_every
    )


def test_one_message_in_so_many_publishes_is_hostile() -> None:
    made = plan(1, 10)
    assert len(made.hostile) == len(made.jobs) // 10
    assert {language for language, _ in made.hostile} == set(Language)
    assert len({message.number for _, message in made.hostile}) == len(made.hostile)
    assert not plan(1, 0).hostile


def test_a_seed_draws_the_same_hostile_messages() -> None:
    assert draw_hostile(1, 50) == draw_hostile(1, 50)
    assert draw_hostile(1, 50) != draw_hostile(2, 50)


def test_hostile_messages_change_no_job_and_no_fault() -> None:
    assert replace(plan(1, 10), hostile=(), hostile_every=0) == plan(1, 0)


@pytest.mark.parametrize(
    ("message", "places", "end"),
    [
        (MESSAGE, replace(NOWHERE, states={"hostile-7": "FAILURE"}), "failure"),
        (MESSAGE, replace(NOWHERE, states={"hostile-7": "REVOKED"}), "revoked"),
        (MESSAGE, replace(NOWHERE, ran={"hostile-7"}), "run"),
        (MESSAGE, replace(NOWHERE, dead=[MESSAGE.text]), "dead"),
        (MESSAGE, replace(NOWHERE, dead=['{"body": "", "redelivered": true, "number": 7}']), "dead"),
        (MESSAGE, replace(NOWHERE, parked=[f'[{MESSAGE.text}, "", "py-queue"]']), "parked"),
        (UNNAMED, replace(NOWHERE, dead=[UNNAMED.text]), "dead"),
        (SILENT, replace(NOWHERE, log="hostile-9 failed"), "ended without a result, as its sender asked"),
    ],
)
def test_the_end_of_a_hostile_message_is_found(message: HostileMessage, places: Places, end: str) -> None:
    account = account_for([message], [], places)
    assert account.ends == {end: 1}
    assert not account.violations


@pytest.mark.parametrize(
    "places",
    [
        NOWHERE,
        replace(NOWHERE, states={"hostile-70": "FAILURE"}, ran={"hostile-70"}),
        replace(NOWHERE, dead=['{"number": 70}', "7"], parked=['[{"number": 77}, "", ""]']),
        replace(NOWHERE, log="hostile-7 received"),
    ],
)
def test_a_hostile_message_that_is_nowhere_is_a_violation(places: Places) -> None:
    account = account_for([MESSAGE], [], places)
    assert account.violations == (f"hostile message lost: {MESSAGE.text}",)


def test_what_the_server_did_not_confirm_may_be_nowhere() -> None:
    assert account_for([MESSAGE], [MESSAGE], NOWHERE).ends == {"in doubt": 1}
    run = replace(NOWHERE, ran={"hostile-7"})
    assert account_for([MESSAGE], [MESSAGE], run).ends == {"run": 1}


def test_the_ends_in_the_row_add_up() -> None:
    places = replace(NOWHERE, states={"hostile-7": "SUCCESS"}, dead=[UNNAMED.text])
    account = account_for([MESSAGE, UNNAMED, SILENT], [], places)
    assert hostile_row(account) == "3 (1 success, 1 dead, 1 lost)"
    assert sum(account.ends.values()) + len(account.lost) == account.sent


def test_without_hostile_messages_the_row_says_none() -> None:
    assert hostile_row(account_for([], [], NOWHERE)) == "none"


def test_only_messages_parked_for_long_are_removed_from_the_server(
    valkey: ValkeyServer, tmp_path: Path
) -> None:
    with closing(HostileLoad(valkey.port, [(Language.PYTHON, MESSAGE)], 1)) as load, valkey.client as redis:
        load.send_after(1)
        redis.delete("py-queue")
        hostile = '{"headers": {"id": "hostile-7"}, "number": 7}'
        for tag, seconds, task, text in (
            ("a/1", 10.0, "1-0", '{"headers": {"id": "1-0"}}'),
            ("b/1", 1e9, "hostile-7", hostile),
        ):
            redis.hset("unacked", tag, f'[{text}, "", "py-queue"]')
            redis.hset("celery.deliveries", task, 1)
            redis.zadd("celery.parked", {tag: (time.time() + seconds) * 1000})
        load.take_parked(redis)
        held = {key: length for key, length in lengths(redis).items() if length}
        assert held == {"unacked": 1, "celery.deliveries": 1, "celery.parked": 1}
        assert redis.hkeys("unacked") == ["a/1"]
        assert load.account(redis, tmp_path, tmp_path / "hostile").ends == {"parked": 1}


def test_dead_letters_of_ordinary_messages_are_violations(valkey: ValkeyServer) -> None:
    with closing(HostileLoad(valkey.port, [(Language.NODE, MESSAGE)], 1)) as load, valkey.client as redis:
        load.send_after(1)
        for text in (MESSAGE.text, '{"headers": {"id": "1-0"}}'):
            redis.rpush("js-queue.dead", f'{{"reason": "unreadable"}}\n{text}')
        assert read_remains(redis, ["1-0"], load.is_hostile).dead == (("unreadable", "1-0"),)
        assert read_remains(redis, ["1-0"], load.is_hostile).keys["js-queue"] == 1


def test_what_a_worker_holds_is_read_beside_hostile_records(valkey: ValkeyServer) -> None:
    records = ['[{"headers": {"id": "1-0"}}, "", ""]', "[5", "[[]]", '[{"headers": 5}]', "[" * 5000, "{}"]
    with valkey.client as redis:
        for number, record in enumerate(records):
            redis.hset("unacked", f"a@h/1:{number}", record)
        assert list(held_by(redis, "a@h").values()) == ["1-0", "", "", "", "", ""]
