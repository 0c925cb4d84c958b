"""The files that share workers run in one process (`tests/support/order.py`)."""

import pytest

from tests.support.order import unlisted


def test_every_file_that_shares_workers_is_listed(request: pytest.FixtureRequest) -> None:
    assert unlisted(request.session.items) == set(), "add them to SHARED_WORKERS"
