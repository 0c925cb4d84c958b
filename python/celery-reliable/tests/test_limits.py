"""The limits of a message: what is refused, by which name, and at what cost."""

import json
import time
import tracemalloc
import zlib
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import ImproperlyConfigured, InvalidTaskError
from conftest import Server, StartWorker
from kombu import compression
from kombu.exceptions import DecodeError
from redis import Redis

from celery_reliable.decompression import bound_decompression
from celery_reliable.envelope import id_for_sender
from celery_reliable.limits import Limits, check_raw, payload_of, read_limits, read_within
from tests.support.waiting import wait_until

LIMIT = 1_000_000
TABLE: Any = compression
LONG_ID = "é" * 1024 + "x"
METHODS = ["gzip", "zlib", "bzip2", "lzma", "xz", "brotli", "zstd"]


@pytest.fixture(autouse=True)
def stock_decoders() -> Iterator[None]:
    """kombu's table belongs to the process."""
    before = dict(TABLE._decoders)
    yield
    TABLE._decoders.update(before)


def wire(body: str = "[[], {}, {}]", headers: str = "", **properties: Any) -> bytes:
    """A message that another client has written, with no regard for limits."""
    text = b64encode(body.encode()).decode()
    return (
        f'{{"body": "{text}", "content-encoding": "utf-8", "content-type": "application/json", "headers": '
        f'{{"lang": "py", "task": "t", "id": "id1"{headers}}}, "properties": '
        f"{json.dumps({'body_encoding': 'base64', **properties})}}}"
    ).encode()


def nested(levels: int) -> str:
    """So many lists, one in the other."""
    return "[" * levels + "]" * levels


def followers(count: int) -> str:
    """A list of so many signatures."""
    return json.dumps([{"task": "t"}] * count)


REFUSED: dict[str, tuple[bytes, type[Exception], str]] = {
    "a deep body": (wire(f"[{nested(300)}, {{}}, {{}}]"), DecodeError, "message_depth_limit=300"),
    "deep headers": (wire(headers=f', "x": {nested(600)}'), DecodeError, "message_depth_limit=300"),
    "many lists": (wire(f"[[{'[],' * 1_000_000}[]], {{}}, {{}}]"), DecodeError, "message_value_limit=1000000"),
    "many strings": (
        wire(f"[{json.dumps(['a'] * 2_000_001)}, {{}}, {{}}]"),
        DecodeError,
        "message_value_limit=1000000",
    ),
    "many numbers": (wire(f"[[{'1,' * 5_000_001}1], {{}}, {{}}]"), DecodeError, "message_value_limit=1000000"),
    "callbacks": (wire(f'[[], {{}}, {{"callbacks": {followers(1001)}}}]'), InvalidTaskError, "callback_limit=1000"),
    "a chain": (wire(f'[[], {{}}, {{"chain": {followers(10_001)}}}]'), InvalidTaskError, "chain_length_limit=10000"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_names_the_limit_and_the_task(name: str) -> None:
    raw, kind, limit = REFUSED[name]

    with pytest.raises(kind, match=limit) as refused:
        read_within(raw, Limits())

    assert payload_of(refused.value)["headers"] == {"id": "id1"}


def test_a_message_that_is_too_large_is_not_parsed() -> None:
    with pytest.raises(DecodeError, match=r"the message has \d+ bytes: the limit is message_size_limit=100"):
        read_within(wire(), Limits(message_size_limit=100))


def test_what_is_at_a_limit_is_read() -> None:
    limits = Limits(message_depth_limit=10, callback_limit=2, chain_length_limit=2)
    embed = f'{{"callbacks": {followers(1)}, "errbacks": {followers(1)}, "chain": {followers(2)}}}'

    assert read_within(wire(f"[{nested(9)}, {{}}, {embed}]"), limits)["headers"]["id"] == "id1"


def test_a_list_of_a_million_texts_or_numbers_is_read() -> None:
    for value in ("a", 1):
        text = json.dumps([[[value] * 1_000_000], {}, {}])

        assert read_within(wire(text), Limits())


def test_brackets_and_colons_in_strings_count_for_nothing() -> None:
    text = json.dumps(['[{:\\"' * 30_000])

    assert read_within(wire(f"[{text}, {{}}, {{}}]"), Limits(message_depth_limit=10, message_value_limit=20))


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> str:
    """A compression that kombu knows here."""
    if request.param not in TABLE._aliases:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


def test_a_bomb_takes_no_more_memory_than_its_limit(method: str) -> None:
    bound_decompression(LIMIT)
    bomb, _ = compression.compress(bytes(64 * LIMIT), method)
    tracemalloc.start()

    with pytest.raises(DecodeError, match=f"decompressed_size_limit={LIMIT}"):
        compression.decompress(bomb, method)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 * LIMIT  # xz has a dictionary of 8 MiB beside it


def test_what_kombu_writes_is_read(method: str) -> None:
    bound_decompression(LIMIT)
    for text in (b"", b"short", bytes(range(256)) * 3906, b"x" * LIMIT):
        body, content_type = compression.compress(text, method)

        assert compression.decompress(body, content_type) == text


def test_a_body_that_ends_too_soon_is_refused(method: str) -> None:
    bound_decompression(LIMIT)
    body, _ = compression.compress(b"x" * 1000, method)

    with pytest.raises(EOFError):
        compression.decompress(body[:-5], method)


@pytest.mark.parametrize(
    ("name", "value"), [("message_depth_limit", 401), ("callback_limit", 0), ("chain_length_limit", "7")]
)
def test_an_invalid_limit_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name}.*{value!r}: expected a whole number"):
        read_limits({name: value})


def test_a_worker_fails_what_is_over_a_limit_and_goes_on(
    server: Server, client: Celery, start: StartWorker, redis: Redis
) -> None:
    bomb = zlib.compress(bytes(200_000_000))
    envelope = json.loads(wire(headers=', "compression": "application/x-gzip"'))
    messages = {
        "deep": wire(f"[{nested(300)}, {{}}, {{}}]").decode(),
        "bomb": json.dumps({**envelope, "body": b64encode(bomb).decode()}),
        "callbacks": wire(f'[[], {{}}, {{"callbacks": {followers(10_000)}}}]').decode(),
        LONG_ID: wire().decode(),
    }
    for task_id, raw in messages.items():
        redis.lpush("jobs", raw.replace('"id1"', f'"{task_id}"'))

    start()

    for task_id, limit in (
        ("deep", "message_depth_limit"),
        ("bomb", "decompressed_size_limit"),
        ("callbacks", "callback_limit"),
        (LONG_ID, "the task's id has 2049 bytes: the limit is 2048"),
    ):
        error = client.AsyncResult(task_id).get(timeout=20, propagate=False)
        assert limit in str(error)
    wait_until(server.is_clean, what="the end of all messages")
    assert {header["reason"] for header, _ in server.dead()} == {"DecodeError", "InvalidTaskError"}


def test_the_losses_of_an_unreadable_message_are_forgotten(server: Server, start: StartWorker, redis: Redis) -> None:
    messages = {
        "deep": wire(f"[{nested(300)}, {{}}, {{}}]", headers=', "redelivered": true'),
        "typed": wire(headers=', "redelivered": true, "x": {"__type__": "uuid", "__value__": 5}'),
    }
    for task_id, raw in messages.items():  # as the sweep puts back what a lost worker held
        redis.hset("celery.deliveries", task_id, 1)
        redis.zadd("celery.counted", {task_id: time.time() * 1000})
        redis.lpush("jobs", raw.decode().replace('"id1"', f'"{task_id}"'))

    start()

    wait_until(lambda: len(server.dead()) == len(messages), timeout_s=20, what="the dead letters")
    assert redis.hgetall("celery.deliveries") == {}
    assert redis.zcard("celery.counted") == 0


ODD_TYPE = '{"__type__": [], "__value__": 1}'


@pytest.mark.parametrize(
    "headers", [f'{{"id": "8", "x": {ODD_TYPE}}}', f'{{"x": {ODD_TYPE}, "id":"8"}}', '{"id": "8",}']
)
def test_the_sender_of_an_unreadable_envelope_is_known(headers: str) -> None:
    raw = f'{{"body": "x", "headers":{headers}, "properties": {{}}}}'.encode()

    with pytest.raises(DecodeError) as caught:
        read_within(raw, Limits())

    assert payload_of(caught.value)["headers"] == {"id": "8"}


@pytest.mark.parametrize("headers", ["5", "[]", f'{{"x": {ODD_TYPE}}}'])
def test_the_sender_is_known_by_the_correlation_id(headers: str) -> None:
    raw = f'{{"body": "{{oops", "headers": {headers}, "properties": {{"correlation_id": "7"}}}}'.encode()

    try:
        payload = read_within(raw, Limits())
    except DecodeError as error:
        payload = payload_of(error)

    assert id_for_sender(payload) == "7"


@pytest.mark.parametrize("end", ['"', ""], ids=["closed", "open"])
def test_escapes_take_neither_memory_nor_time(end: str) -> None:
    raw = ("[" * 301 + '"' + '\\"' * 1_000_000 + end).encode()
    tracemalloc.start()
    began = time.process_time()

    with pytest.raises(DecodeError, match="message_depth_limit"):
        check_raw(raw, Limits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert time.process_time() - began < 2  # from each quote to the end, an open string takes hours
    assert peak < 10 * len(raw)


LONG_NAME = "x" * 2049


@pytest.mark.parametrize("name", ["task", "shadow", "root_id", "parent_id", "group", "eta", "expires"])
def test_long_names_are_refused(name: str) -> None:
    refusal = f"the task's {name} has 2049 bytes: the limit is 2048"

    with pytest.raises(InvalidTaskError, match=refusal) as refused:
        read_within(wire(headers=f', "{name}": "{LONG_NAME}"'), Limits())
    assert payload_of(refused.value)["headers"] == {"id": "id1"}

    body = json.dumps({"task": "t", "id": "inside", "args": [], name: LONG_NAME})
    old = json.loads(wire(body))
    old["headers"] = {}
    with pytest.raises(InvalidTaskError, match=refusal) as refused:
        read_within(json.dumps(old).encode(), Limits())
    assert payload_of(refused.value)["headers"] == {"id": "inside"}


@pytest.mark.parametrize("name", ["correlation_id", "delivery_tag", "reply_to"])
def test_long_properties_are_refused(name: str) -> None:
    with pytest.raises(InvalidTaskError, match=f"the task's {name} has 2049 bytes: the limit is 2048"):
        read_within(wire(**{name: LONG_NAME}), Limits())


def test_what_is_shown_of_arguments_has_a_limit() -> None:
    assert read_within(wire(headers=f', "argsrepr": "{"x" * 65_536}"'), Limits())

    with pytest.raises(InvalidTaskError, match="the task's argsrepr has 65537 bytes: the limit is 65536"):
        read_within(wire(headers=f', "argsrepr": "{"x" * 65_537}"'), Limits())
