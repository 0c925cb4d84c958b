"""After any broadcast, each worker continues and runs the next task."""

import importlib.util

import pytest

from .account import Account
from .broadcasts import BROADCASTS
from .generating import examples, for_batches


@pytest.mark.timeout(7200)
def test_no_broadcast_stops_a_worker(account: Account, kind: str, request: pytest.FixtureRequest) -> None:
    if kind == "python" and importlib.util.find_spec("celery_reliable.fanout") is None:
        pytest.skip("celery_reliable hands broadcasts to Celery as they come")

    def use(batch: list[tuple[str, bytes]]) -> None:
        for channel, published in batch:
            account.redis.publish(f"/0.{channel}", published)
        account.run_good()
        account.settle([])

    for_batches(BROADCASTS, examples(request), use)

    account.check_metrics()
