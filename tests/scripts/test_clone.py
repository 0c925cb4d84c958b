"""`make test-clone` cleans up. Running it to its end takes minutes and is not part of these tests."""

import signal
from pathlib import Path

import pytest

from tests.scripts.conftest import Target

COPIED_WITHIN_S = 60.0


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_behind(
    target: Target, tmp_path: Path, signum: signal.Signals
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    testing = target.start("python3", "-m", "scripts", "test-clone", env={"TMPDIR": str(place)})
    testing.wait_for_log("npm ci|poetry install", COPIED_WITHIN_S)
    assert list(place.iterdir())

    testing.signal(signum)

    assert testing.wait() == 128 + signum, testing.log
    assert not list(place.iterdir())
    target.expect_nothing_left()
