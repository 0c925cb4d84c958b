"""No message can write a log line of any length."""

import json
import logging
import time
from base64 import b64encode
from typing import Any

import pytest
from celery import Celery
from conftest import StartWorker
from redis import Redis

from celery_reliable.cut_lines import SHOWN, CutLines

LONG = "x" * 1_000_000
HEADERS: dict[str, dict[str, Any]] = {
    "an unknown task": {"task": "nobody.knows", "own": LONG, "many": [[LONG]] * 3},
    "no task": {"own": LONG},
    "an invalid task": {"task": "worker_app.add", "eta": [LONG]},
    "invalid limits": {"task": "worker_app.add", "timelimit": LONG, "expires": {"a": LONG}},
    "an unknown compression": {"task": "worker_app.add", "compression": LONG},
}


def test_a_line_about_a_refused_message_is_short(client: Celery, start: StartWorker, redis: Redis) -> None:
    worker = start(pool="solo")
    before = worker.log

    for name, headers in HEADERS.items():
        envelope = {
            "body": b64encode(json.dumps([[LONG], {}, {}]).encode()).decode(),
            "content-type": "application/json",
            "content-encoding": "utf-8",
            "headers": {"id": name, **headers},
            "properties": {"body_encoding": "base64", "delivery_info": {"exchange": LONG, "own": LONG}, "own": LONG},
        }
        redis.lpush("jobs", json.dumps(envelope))
    redis.lpush("jobs", json.dumps({"body": LONG, "headers": [LONG], "properties": {}}))

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    lines = worker.log.removeprefix(before).splitlines()
    assert max(map(len, lines)) < 8 * SHOWN
    assert sum(map(len, lines)) < 200_000
    assert any("nobody.knows" in line for line in lines)


@pytest.mark.parametrize("args", [(), (5,), ("short", ValueError("short")), ({"a": 1}, [2], None)])
def test_a_short_line_stays_as_it_is(args: tuple[Any, ...], caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("test_cut_lines")
    logger.addFilter(CutLines())
    text = " ".join(["%s"] * len(args))

    logger.error(text, *args)

    assert caplog.messages == [text % args]


class UnwritableError(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize("value", [UnwritableError(), [UnwritableError()], "short"])
def test_an_error_without_a_text_does_not_escape_the_log(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logger = logging.getLogger("test_cut_lines.unwritable")
    logger.addFilter(CutLines())

    logger.error("%s", value, exc_info=UnwritableError())


def test_large_values_take_no_time() -> None:
    headers = {str(number): LONG for number in range(60)}
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%s %r", (headers, [headers]), None)
    began = time.monotonic()

    CutLines().filter(record)

    assert len(record.getMessage()) < 4 * SHOWN
    assert time.monotonic() - began < 1
