"""Which refusals in the event loop end a connection, and which the worker."""

from types import SimpleNamespace
from typing import Any

import pytest
from amqp import exceptions as amqp
from celery.worker import loops

from celery_reliable import event_loop


def run(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception, *, is_ready: bool) -> None:
    """Let the loop of this name end with an error, after the worker was ready or while it starts."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(loops, name, fail)
    known = (amqp.ConnectionError, *((amqp.ChannelError,) if is_ready else ()))
    worker: Any = SimpleNamespace(hub=name == "asynloop", connection_errors=known)
    event_loop.run(worker, (), (amqp.ChannelError,), amqp.RecoverableConnectionError)


@pytest.mark.parametrize("name", ["asynloop", "synloop"])
def test_a_refusal_is_a_lost_connection_once_the_worker_is_ready(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(amqp.RecoverableConnectionError, match="no queue"):
        run(monkeypatch, name, amqp.NotFound("no queue"), is_ready=True)


def test_a_refusal_of_the_start_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(amqp.NotFound):
        run(monkeypatch, "asynloop", amqp.NotFound("no queue"), is_ready=False)


def test_other_errors_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MemoryError):
        run(monkeypatch, "asynloop", MemoryError(), is_ready=True)
