"""The texts and keys that both languages share."""

import json
import time
import tracemalloc
from base64 import b64encode
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery.exceptions import ImproperlyConfigured

import celery_reliable
from celery_reliable.envelope import counted_id_of, eta_of, read_envelope, task_id_of
from celery_reliable.held_record import read_record
from celery_reliable.keys import Keys
from celery_reliable.limits import Limits, counted_id_in
from celery_reliable.options import read_options
from celery_reliable.redelivered import mark_redelivered

ROOT = Path(__file__).parents[3]
NODE = ROOT / "node" / "celery-js"
CASES: dict[str, Any] = json.loads((NODE / "tests" / "fixtures" / "redelivered.json").read_text())
ENVELOPE = '{"body": "W10=", "headers": {"id": "t1"}, "properties": {"priority": 5, "delivery_tag": "x"}}'


def test_both_languages_ship_the_same_scripts() -> None:
    ours = Path(celery_reliable.__file__).parent / "lua"
    src = NODE / "src"
    theirs = [*src.joinpath("transport/redis/lua").iterdir(), src / "backend/redis/lua/chord_add.lua"]

    assert {f.name: f.read_bytes() for f in ours.iterdir()} == {f.name: f.read_bytes() for f in theirs}


def test_both_languages_know_the_same_keys() -> None:
    text = (NODE / "src" / "transport" / "redis" / "keys.js").read_text()
    keys = Keys()

    for key in (keys.leases, keys.parked, keys.deliveries, keys.counted, keys.started, keys.sweep):
        assert key in text


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: str(case["name"]))
def test_a_message_is_marked_as_redelivered_as_kombu_marks_it(case: dict[str, Any]) -> None:
    assert mark_redelivered(case["raw"]) == case["restored"]


@pytest.mark.parametrize("raw", ["", "[]", '{"headers": {', '{"headers" {}}', '{"a": [}'])
def test_a_text_that_is_not_an_object_cannot_be_marked(raw: str) -> None:
    with pytest.raises(ValueError, match="not a JSON object"):
        mark_redelivered(raw)


@pytest.mark.parametrize(
    ("priority", "key"),
    [(0, "p:q"), (2, "p:q"), (3, "p:q\x06\x163"), (8, "p:q\x06\x166"), (9, "p:q\x06\x169"), (99, "p:q\x06\x169")],
)
def test_a_priority_has_the_list_that_kombu_gives_it(priority: int, key: str) -> None:
    assert Keys(prefix="p:").queue("q", priority) == key


def test_a_record_is_read_as_the_text_that_it_is() -> None:
    record = read_record(f'[{ENVELOPE}, "", "jobs"]'.encode(), Limits())

    assert record is not None
    assert (record.raw, record.queue, record.priority, record.counted_id) == (ENVELOPE.encode(), "jobs", 5, "t1")
    assert record.marked == ENVELOPE.replace('"t1"}', '"t1", "redelivered": true}')


@pytest.mark.parametrize("queue", ['a "quoted" queue', "warteschlange-ä", 'a, "", b'])
def test_a_queue_of_any_name_is_read_from_its_record(queue: str) -> None:
    record = read_record(f'[{ENVELOPE}, "", {json.dumps(queue, ensure_ascii=False)}]'.encode(), Limits())

    assert record is not None
    assert record.queue == queue


@pytest.mark.parametrize(
    "entry", [b"", b"[]", b"nonsense", b'[{}, "", ""]', b'[{}, "", "\xff\xfe', b'[{}, "ex", "rk"]']
)
def test_what_no_worker_of_ours_wrote_is_no_record(entry: bytes) -> None:
    assert read_record(entry, Limits()) is None


def test_a_record_with_invalid_bytes_cannot_be_marked() -> None:
    record = read_record(b'[{"body": "\xff"}, "", "jobs"]', Limits())

    assert record is not None
    assert record.marked is None
    assert record.raw == b'{"body": "\xff"}'


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"nul", b'{"body": "", "properties": []}', b'{"properties": {}}'])
def test_a_text_that_is_not_an_envelope_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="no envelope"):
        read_envelope(raw)


def test_an_eta_is_read_with_its_zone_and_left_alone_without_one() -> None:
    def of(eta: object, zone: ZoneInfo | None = None) -> float | None:
        return eta_of({"headers": {"task": "t", "eta": eta}}, zone)

    assert of("2026-01-01T00:00:00+00:00") == 1767225600
    assert of("2026-01-01T00:00:00") is None
    assert of("2026-01-01T08:00:00", ZoneInfo("Asia/Shanghai")) == 1767225600
    assert [of(eta) for eta in (None, "", "soon", 5, "9999-99-99")] == [None] * 5


def test_a_task_id_is_a_text() -> None:
    assert task_id_of({"headers": {"id": "t1"}}) == "t1"
    without: list[dict[str, Any]] = [{}, {"headers": []}, {"headers": {"id": 5}}]
    assert [task_id_of(payload) for payload in without] == ["", "", ""]


def test_options_have_their_defaults() -> None:
    options = read_options({"socket_timeout": 5}, Keys())

    assert (options.lease_s, options.lease_ms, options.max_deliveries) == (60, 60_000, 5)
    assert options.dead_letter_limit == 10_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lease_s", 0.4),
        ("lease_s", 1201),
        ("lease_s", "60"),
        ("lease_s", True),
        ("lease_s", float("nan")),
        ("max_deliveries", -1),
        ("max_deliveries", 1.5),
        ("dead_letter_limit", 0),
        ("ack_emulation", False),
        ("sep", ":"),
        ("unacked_key", "mine"),
    ],
)
def test_a_wrong_option_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        read_options({name: value}, Keys())


def test_a_tag_is_never_used_twice() -> None:
    prefixes = {read_options({"worker_name": "w@h"}, Keys()).tag_prefix for _ in range(100)}

    assert len(prefixes) == 100
    assert all(prefix.startswith("w@h/") for prefix in prefixes)


LONG = 1_000_000


@pytest.mark.parametrize("inside", ["x", '\\"'], ids=["characters", "escapes"])
def test_marking_takes_no_memory_for_each_character(inside: str) -> None:
    raw = f'{{"body": "{inside * LONG}", "headers": {{}}, "properties": {{}}}}'
    tracemalloc.start()

    marked = mark_redelivered(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert marked.startswith('{"body"')
    assert peak < 10 * len(raw)


def test_repeated_members_are_marked_in_linear_time() -> None:
    raw = "{" + '"headers": {}, ' * 20_000 + '"body": "' + "x" * 10_000_000 + '", "properties": {}}'
    began = time.process_time()

    mark_redelivered(raw)

    assert time.process_time() - began < 2  # copying the text for each takes minutes


@pytest.mark.parametrize(
    ("headers", "properties", "counted"),
    [
        ({"id": "t"}, {"correlation_id": "c"}, "t"),
        ({}, {"correlation_id": "c", "delivery_tag": "d"}, "c"),
        ({}, {"correlationId": "c", "delivery_tag": "d"}, "c"),
        ({"id": None}, {"correlation_id": "", "delivery_tag": "d"}, "d"),
        ({}, {}, ""),
    ],
)
def test_every_message_with_a_name_is_counted(headers: Any, properties: Any, counted: str) -> None:
    payload = {"body": "", "headers": headers, "properties": properties}

    assert counted_id_of(payload) == counted
    assert counted_id_in(json.dumps(payload).encode()) == counted


@pytest.mark.parametrize("headers", [{}, {"task": "t"}, {"task": "t", "eta": None}], ids=["1", "hybrid", "2"])
def test_an_eta_in_the_body_is_read_unless_the_headers_have_one(headers: Any) -> None:
    body = b64encode(b' {"task": "t", "args": [], "eta": "2030-01-01T00:00:00+00:00"}').decode()
    payload = {"body": body, "headers": headers, "properties": {"body_encoding": "base64"}}

    assert eta_of(payload, None) == (None if "eta" in headers else 1893456000)


def test_a_record_over_the_limits_is_not_parsed() -> None:
    record = read_record(f'[{ENVELOPE}, "", "jobs"]'.encode(), Limits(message_size_limit=20))

    assert record is not None
    assert (record.raw, record.marked) == (ENVELOPE.encode(), None)
