"""Every message ends visibly, and the worker continues."""

import json
from statistics import median

import pytest

from .account import Account
from .generating import USUAL_EXAMPLES, examples, for_batches
from .messages import hostile_messages

GOOD_WITHIN_S = 2.0
# What a worker's memory may grow by after the first tenth of the messages: caches fill, and then stay.
MEMORY_GROWS_BY_KB = 60_000


@pytest.mark.timeout(7200)
def test_every_message_has_an_end(account: Account, kind: str, request: pytest.FixtureRequest) -> None:
    number = examples(request)

    for_batches(hostile_messages(), number, account.run)

    print(f"\n{kind}: {account.sent} messages: {json.dumps(account.counts)}")
    early, late = account.memory_kb[len(account.memory_kb) // 10], account.memory_kb[-1]
    waits_s = account.waits_s
    print(f"good messages: median {median(waits_s):.3f} s, longest {max(waits_s):.3f} s")
    print(f"memory: {early} to {late} kB")
    assert sum(account.counts.values()) == account.sent
    assert median(waits_s) < GOOD_WITHIN_S
    if number > USUAL_EXAMPLES:  # alone on its machine
        assert max(waits_s) < GOOD_WITHIN_S
    assert late - early < MEMORY_GROWS_BY_KB
    account.check_metrics()
