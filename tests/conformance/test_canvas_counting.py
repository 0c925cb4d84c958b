"""The parts of a chord are counted under Celery's keys, by workers of both languages together."""

import json
from pathlib import Path
from typing import Any

from celery import uuid
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .flows import Flow
from .ledger import Ledger
from .workers import RESULT_WITHIN_S


def test_a_chord_under_way_is_counted_under_celerys_keys(
    flow: Flow, flow_server: ValkeyServer, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    header = [flow.add(1, 1), flow.s("work.gate", ledger.path, "last", str(gate))]
    result: Any = flow.chord(header, flow.s("canvas.collect")).apply_async()
    redis: Any = flow_server.client
    keys = {suffix: f"celery-taskset-meta-{result.parent.id}.{suffix}" for suffix in "jstdc"}
    wait_until(lambda: redis.exists(keys["d"]), RESULT_WITHIN_S, "the count of the first part")
    kinds = {suffix: redis.type(key) for suffix, key in keys.items()}
    parts = redis.zrange(keys["j"], 0, -1, withscores=True)
    counted, size = redis.smembers(keys["d"]), redis.get(keys["s"])
    gate.touch()
    assert result.get(timeout=RESULT_WITHIN_S) == [[2, "last"]]
    assert kinds == {"j": "zset", "s": "string", "t": "none", "d": "set", "c": "none"}
    first = result.parent.results[0].id
    assert [(json.loads(part), place) for part, place in parts] == [([1, first, "SUCCESS", 2], 0)]
    assert (counted, size) == ({f"{first}:0"}, "2")
    redis.close()


def test_a_chord_leaves_nothing_but_its_mark(flow: Flow, flow_server: ValkeyServer) -> None:
    result: Any = flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.s("canvas.tsum")).apply_async()
    result.get(timeout=RESULT_WITHIN_S)
    redis = flow_server.client
    keys = {suffix: f"celery-taskset-meta-{result.parent.id}.{suffix}" for suffix in "jtsdc"}
    wait_until(lambda: redis.get(keys["c"]) == "done", timeout_s=5)
    assert [redis.exists(key) for suffix, key in keys.items() if suffix != "c"] == [0, 0, 0, 0]
    redis.close()


def test_a_chord_whose_body_is_an_empty_group_is_a_group(flow: Flow, flow_server: ValkeyServer) -> None:
    result: Any = flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.group()).apply_async()
    assert (result.get(timeout=RESULT_WITHIN_S), result.parent.get(timeout=RESULT_WITHIN_S)) == ([], [2, 4])
    redis = flow_server.client
    assert redis.keys(f"celery-taskset-meta-{result.parent.id}*") == []
    redis.close()


def test_a_part_that_is_delivered_twice_counts_once(
    flow: Flow, flow_server: ValkeyServer, ledger: Ledger
) -> None:
    """Both before and after the chord is complete."""
    group_id, body_id, ids = uuid(), uuid(), [uuid(), uuid()]
    redis = flow_server.client
    redis.set(f"celery-taskset-meta-{group_id}.s", 2, ex=600)
    body = flow.s("canvas.count", ledger.path, "body", task_id=body_id)
    for index in (0, 0, 1, 1, 0):
        part = {"task_id": ids[index], "group_id": group_id, "group_index": index, "chord": body}
        flow.add(index, 1, **part).apply_async().get(timeout=RESULT_WITHIN_S)
    assert flow.app.AsyncResult(body_id).get(timeout=RESULT_WITHIN_S) == [1, 2]
    _settled(flow, redis)
    assert ledger.labels("ran") == ["body"]
    redis.close()


def test_a_redelivered_part_respects_the_claim_to_send_the_body(
    flow: Flow, flow_server: ValkeyServer, ledger: Ledger
) -> None:
    """The body is sent by a part that comes once the claim is over, and once."""
    group_id, body_id, part_id = uuid(), uuid(), uuid()
    redis = flow_server.client
    size, counted, claim = (f"celery-taskset-meta-{group_id}.{suffix}" for suffix in "sdc")
    redis.set(size, 1, ex=600)
    redis.set(claim, "another worker's", ex=600)
    body = flow.s("canvas.count", ledger.path, "body", task_id=body_id)
    part = {"task_id": part_id, "group_id": group_id, "group_index": 0, "chord": body}
    flow.add(1, 1, **part).apply_async()
    wait_until(lambda: redis.scard(counted) == 1, RESULT_WITHIN_S, "the count of the part")
    flow.run(flow.add(1, 1))
    assert (redis.get(claim), flow.app.AsyncResult(body_id).state) == ("another worker's", "PENDING")
    redis.delete(claim)  # as it is when it has run out
    flow.add(1, 1, **part).apply_async()
    assert flow.app.AsyncResult(body_id).get(timeout=RESULT_WITHIN_S) == [2]
    _settled(flow, redis)
    wait_until(lambda: redis.get(claim) == "done", timeout_s=5)
    assert ledger.labels("ran") == ["body"]
    redis.close()


def _settled(flow: Flow, redis: Redis) -> None:
    """Everything that was sent has been acknowledged."""
    wait_until(lambda: redis.hlen("unacked") == 0, timeout_s=10)
    flow.run(flow.add(1, 1))
