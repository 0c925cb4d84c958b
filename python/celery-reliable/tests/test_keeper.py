"""The thread that renews leases, on a server that is away."""

import logging

import pytest
from conftest import Server
from redis import Redis

from celery_reliable import keeper
from celery_reliable.keeper import Keeper
from celery_reliable.keys import Keys
from celery_reliable.options import read_options
from celery_reliable.outage import Outage
from celery_reliable.tally import Tally
from tests.support.waiting import wait_until


@pytest.mark.parametrize("are_flushed", [True, False])
def test_an_outage_ends_when_the_server_has_answered_and_has_every_release(
    are_flushed: bool, server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A turn that sends nothing to the server, or fails to, proves nothing."""
    outage = Outage(logging.getLogger("outage"), "The broker")
    monkeypatch.setattr(keeper, "BROKER_OUTAGE", outage)
    turns: list[bool] = []

    def flush() -> bool:
        turns.append(are_flushed)
        return are_flushed

    client = Redis.from_url(server.url)
    tested = Keeper(client, read_options({}, Keys()), list, lambda _: None, flush, Tally())
    server.stop()
    outage.noticed("Connection to broker lost", "it is stopped")

    tested.start()
    wait_until(lambda: len(turns) >= 2, what="two turns")
    assert "back after" not in caplog.text

    server.start()
    wait_until(lambda: client.exists("celery.sweep"), what="a sweep")
    before = len(turns)
    wait_until(lambda: len(turns) >= before + 2, what="two more turns")
    assert ("The broker is back after" in caplog.text) == are_flushed
    tested.stop()
    tested.join()
