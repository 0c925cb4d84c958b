"""A message's content encoding: kombu decodes two content types with any codec of Python's."""

import bz2
import json
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from conftest import Server, StartWorker
from kombu import compression
from kombu.exceptions import ContentDisallowed
from redis import Redis

from celery_reliable.decompression import check_encoding
from celery_reliable.envelope import eta_of, task_name_of
from celery_reliable.limits import Limits, check_delivered, read_within
from celery_reliable.message import Message
from tests.support.programs import Program
from tests.support.waiting import wait_until

CONTROL = "/0.celery.pidbox"
BOMBS = {"bz2": bz2.compress(bytes(600_000_000)), "zlib": zlib.compress(bytes(600_000_000))}
TYPES = (None, "application/data", "application/text")
# Far more than a worker's memory grows by, and far less than a bomb takes.
GROWS_BY_KB = 150_000


def bomb(codec: str, content_type: str | None, headers: dict[str, Any]) -> str:
    properties = {"body_encoding": "base64", "delivery_info": {}, "delivery_tag": "t", "correlation_id": "x"}
    message = {
        "body": b64encode(BOMBS[codec]).decode(),
        "content-encoding": codec,
        "headers": headers,
        "properties": properties,
    }
    return json.dumps(message if content_type is None else {**message, "content-type": content_type})


def peak_kb(worker: Program) -> int:
    return int(Path(f"/proc/{worker.pid}/status").read_text().partition("VmHWM:")[2].split()[0])


class Plain:
    """A channel that leaves a body as it is."""

    def decode_body(self, body: bytes, _encoding: object) -> bytes:
        return body


@pytest.mark.parametrize("codec", ["bz2", "zlib", "ZLIB", "hex", "base64", "rot13", "uu", "quopri", "punycode", "idna"])
@pytest.mark.parametrize("content_type", TYPES)
def test_no_codec_but_a_plain_one_decodes_a_body(codec: str, content_type: str | None) -> None:
    payload: Any = {"content-type": content_type, "content-encoding": codec, "headers": {}, "body": b"eA=="}
    message = Message({**payload, "properties": {"delivery_tag": "1"}}, channel=Plain())

    with pytest.raises(ContentDisallowed, match=codec):
        message.decode()
    with pytest.raises(ContentDisallowed, match=codec):
        check_delivered({**payload, "properties": {}}, Limits())


@pytest.mark.parametrize("encoding", [[], ["utf-8"], {}, 0, 5, False])
@pytest.mark.parametrize("content_type", [*TYPES, "application/json", ["application/json"]])
def test_an_encoding_that_is_no_string_is_refused(encoding: object, content_type: Any) -> None:
    with pytest.raises(ContentDisallowed, match="Refusing to decode"):
        check_encoding(content_type, encoding)


@pytest.mark.parametrize(("encoding", "body"), [("utf-8", "é"), ("UTF-8", "é"), (None, "é"), ("binary", "é".encode())])
def test_text_and_bytes_are_decoded_as_before(encoding: str | None, body: object) -> None:
    payload: Any = {"content-encoding": encoding, "body": "é".encode(), "properties": {"delivery_tag": "1"}}

    assert Message(payload, channel=Plain()).decode() == body


@pytest.mark.parametrize("headers", [{"task": "t", "id": "1"}, {"task": "t", "id": "1", "eta": None}, {"id": "1"}])
def test_a_body_is_decompressed_once(headers: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    table: Any = compression

    def decompress(body: bytes) -> bytes:
        calls.append(len(body))
        return zlib.decompress(body)

    monkeypatch.setitem(table._decoders, "application/x-gzip", decompress)
    sent = {**headers, "compression": "application/x-gzip"}
    body = b64encode(zlib.compress(b"[[1], {}, {}]")).decode()
    properties = {"body_encoding": "base64", "delivery_tag": "1"}
    raw = json.dumps({"body": body, "content-type": "application/json", "headers": sent, "properties": properties})

    payload = read_within(raw.encode(), Limits())
    assert (eta_of(payload, None), task_name_of(payload)) == (None, headers.get("task", ""))
    message = Message(payload, channel=Plain())

    assert message.decode() == [[1], {}, {}]
    assert (message.body, message.headers, message.properties) == (b"[[1], {}, {}]", sent, properties)
    assert len(calls) == 1


def test_a_bomb_in_the_encoding_is_refused_to_its_sender(
    server: Server, client: Celery, start: StartWorker, redis: Redis
) -> None:
    worker = start(pool="solo", max_deliveries=1)
    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    before = peak_kb(worker)

    for number, (codec, content_type) in enumerate((codec, kind) for codec in BOMBS for kind in TYPES):
        lost = {"redelivered": True} if number % 2 else {}
        for task_id in (f"lost-{number}", f"new-{number}"):
            redis.hset("celery.deliveries", f"lost-{number}", 1)
            redis.lpush("jobs", bomb(codec, content_type, {"task": "worker_app.add", "id": task_id, **lost}))
        redis.lpush("jobs", bomb(codec, content_type, {}))
        redis.publish(CONTROL, bomb(codec, content_type, {}))

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=60) == 3
    error = client.AsyncResult("new-0").get(timeout=20, propagate=False)
    assert "bz2" in str(error)
    wait_until(server.is_clean, 20, "a clean server")
    assert len(server.dead()) == 3 * len(BOMBS) * len(TYPES)
    assert peak_kb(worker) < before + GROWS_BY_KB
    assert worker.exit_code is None
