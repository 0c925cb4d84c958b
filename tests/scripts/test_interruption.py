"""Signals that ask a command to stop."""

import os
import signal
from collections.abc import Iterator

import pytest

from scripts import interruption
from scripts.interruption import Interrupted, Interruption


@pytest.fixture(autouse=True)
def _own_signal_handlers() -> Iterator[None]:
    taken = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGTTOU)
    before = [signal.getsignal(signum) for signum in taken]
    yield
    for signum, handler in zip(taken, before, strict=True):
        signal.signal(signum, handler)


def test_a_signal_ends_the_next_sleep_and_gives_the_exit_code() -> None:
    asked = Interruption().install()
    asked.sleep(0)

    os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted) as raised:
        asked.sleep(10)
    assert raised.value.exit_code == 128 + signal.SIGTERM


def test_one_wish_that_arrives_twice_is_not_impatience() -> None:
    asked = Interruption().install()

    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)

    assert not asked.asked_twice


def test_a_later_signal_is_impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interruption, "REPEATED_WITHIN_S", -1.0)
    asked = Interruption().install()

    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)

    assert asked.asked_twice
