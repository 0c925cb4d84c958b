"""Signals that ask a command to stop."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import interruption
from scripts.interruption import Interrupted, Interruption
from scripts.paths import ROOT


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


INTERRUPTED = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"


def test_ctrl_c_before_anything_is_started_ends_the_command_silently(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    imported_first = tmp_path / "scripts" / "requirements.py"
    imported_first.write_text(f"{imported_first.read_text()}\n{INTERRUPTED}\n")

    done = run_python("-m", "scripts", "up", cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_ctrl_c_during_a_hand_over_reaches_the_next_program() -> None:
    other = f"""
{INTERRUPTED}
from scripts.interruption import Interrupted, Interruption
asked = Interruption().install()
try:
    asked.sleep(10)
except Interrupted as interrupted:
    print(interrupted)
"""
    one = f"""
import os, sys
from scripts.interruption import Interruption
Interruption().install().hand_over()
os.execv(sys.executable, [sys.executable, "-c", {other!r}])
"""
    done = run_python("-c", one, cwd=ROOT)

    assert (done.stdout, done.stderr) == ("SIGINT\n", "")


def test_a_signal_that_came_before_the_handing_over_is_not_forgotten() -> None:
    asked = Interruption().install()
    os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        asked.hand_over()
    Interruption().install()  # lets signals through again


def run_python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, timeout=20, check=False
    )
