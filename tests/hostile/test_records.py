"""No damaged record stops the sweep of the others, and each dead worker's message ends."""

import json

import pytest
from hypothesis import strategies as st

from .account import Account
from .generating import examples, for_batches
from .messages import HostileMessage
from .records import HELD, OVERWRITTEN, SCORES, STRAY, SWEEP_STATE, hold, overwrite, record_of

Drawn = tuple[HostileMessage, bytes, float, tuple[str, str], tuple[str, str | None]]
# Each batch waits for a lease or two, so more of them come back at once.
TOGETHER = 5


@pytest.mark.timeout(7200)
def test_what_a_dead_worker_held_has_an_end(
    account: Account, kind: str, request: pytest.FixtureRequest
) -> None:
    drawn = st.tuples(HELD, STRAY, SCORES, SWEEP_STATE, OVERWRITTEN)

    def use(batch: list[Drawn]) -> None:
        for number, (message, stray, score, *_) in enumerate(batch):
            hold(account.redis, f"stray:{number}", stray, score)
            hold(account.redis, f"dead/abc:{number}", record_of(message), score)
        field, value = batch[0][3]
        account.redis.hset("celery.sweep", field, value)
        overwrite(account.redis, *batch[0][4])
        account.run_good()
        account.settle([message for message, *_ in batch])

    for_batches(drawn, examples(request), use, together=TOGETHER)

    print(f"\n{kind}: {account.sent} held messages: {json.dumps(account.counts)}")
    assert sum(account.counts.values()) == account.sent
    account.check_metrics()
