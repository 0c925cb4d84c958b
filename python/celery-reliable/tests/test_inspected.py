"""`inspect` shows the arguments of a large message as their text."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery

from celery_reliable.counted import CountedRequest


@pytest.mark.parametrize(("length", "shown"), [(10, ["a" * 10]), (70_000, "the text")])
def test_large_arguments_are_shown_as_text(length: int, shown: Any) -> None:
    app = Celery(set_as_current=False)

    def echo(text: str) -> str:
        return text

    task = app.task(name="t")(echo)
    args = ["a" * length]
    headers = {"id": "id1", "task": "t", "argsrepr": "the text"}
    message = SimpleNamespace(
        headers=headers,
        body=str([args, {}, {}]),
        payload=(args, {}, {}),
        properties={},
        delivery_info={},
        content_type="application/json",
        content_encoding="utf-8",
        delivery_tag="1",
    )

    request = CountedRequest(message, app=app, task=task, headers=headers, decoded=True, body=message.payload)

    assert request.info()["args"] == shown
