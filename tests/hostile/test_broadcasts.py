"""After any broadcast, each worker continues, runs the next task and answers the next command."""

import importlib.util
from contextlib import closing

import pytest
from celery import Celery

from tests.support.valkey import ValkeyServer

from .account import Account
from .broadcasts import BROADCASTS
from .generating import examples, for_batches
from .messages import QUEUE


@pytest.mark.timeout(7200)
def test_no_broadcast_stops_a_worker(
    account: Account, module_valkey: ValkeyServer, kind: str, request: pytest.FixtureRequest
) -> None:
    if kind == "python" and importlib.util.find_spec("celery_reliable.fanout") is None:
        pytest.skip("celery_reliable hands broadcasts to Celery as they come")

    def use(batch: list[tuple[str, bytes]]) -> None:
        for channel, published in batch:
            account.redis.publish(f"/0.{channel}", published)
        account.run_good()
        account.settle([])

    for_batches(BROADCASTS, examples(request), use)

    with closing(Celery("client", broker=module_valkey.url, set_as_current=False)) as app:
        # A Node worker's own thread answers a ping, whatever its main thread does.
        assert app.control.ping(timeout=10, limit=1)
        answers = app.control.inspect(timeout=10, limit=1).active_queues() or {}
        assert QUEUE in [queue["name"] for queues in answers.values() for queue in queues]
    account.check_metrics()
