"""The drivers' processes, and the transports in them as the tests see them."""

import json
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scripts.paths import ROOT, VENV_PYTHON
from tests.transport.interface import Delivery, Language, Options, Side, TransportError

COMMANDS: dict[Language, list[str | Path]] = {
    Language.PYTHON: [VENV_PYTHON, "-m", "tests.transport.python_driver"],
    Language.NODE: ["node", Path(__file__).with_name("node_driver.mjs")],
}


class DriverProcess:
    """One driver. It is ended by the end of its standard input, so it cannot outlive us."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._popen = subprocess.Popen(
            COMMANDS[language], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    @property
    def is_alive(self) -> bool:
        """Whether it accepts commands."""
        return self._popen.poll() is None

    def call(self, command: str, **arguments: Any) -> Any:
        """Return the answer to a command. Raises TransportError when that is an error."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._popen.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self._popen.stdin.flush()
        line = self._popen.stdout.readline()
        assert line, f"the {self.language} driver ended in the middle of {command!r}"
        reply = json.loads(line)
        if "error" in reply:
            raise TransportError(reply["error"])
        return reply["answer"]

    def kill(self, pid: int) -> None:
        """Send SIGKILL to the transport's process: the driver or its child."""
        os.kill(pid, signal.SIGKILL)
        if pid == self._popen.pid:
            self.close()

    def close(self) -> None:
        """Close its standard input, and wait for its end."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        with suppress(BrokenPipeError):
            self._popen.stdin.close()
        self._popen.stdout.close()
        self._popen.wait(10)


class Remote:
    """A transport in a driver's process (`Transport`)."""

    def __init__(self, process: DriverProcess, options: Options) -> None:
        self.process = process
        self._pid = int(process.call("open", **asdict(options)))
        self.is_open = True

    def take(self, limit: int = 10) -> list[Delivery]:
        """See `Transport`."""
        return [Delivery(**each) for each in self.process.call("take", limit=limit)]

    def acknowledge(self, tag: str) -> None:
        """See `Transport`."""
        self.process.call("acknowledge", tag=tag)

    def put_back(self, tags: Sequence[str], side: Side) -> None:
        """See `Transport`."""
        self.process.call("put_back", tags=list(tags), side=side)

    def bury(self, tag: str, reason: str) -> None:
        """See `Transport`."""
        self.process.call("bury", tag=tag, reason=reason)

    def park(self, tag: str, due_ms: int, eta_s: float) -> None:
        """See `Transport`."""
        self.process.call("park", tag=tag, due_ms=due_ms, eta_s=eta_s)

    def mark_started(self, tag: str) -> bool:
        """See `Transport`."""
        return bool(self.process.call("mark_started", tag=tag))

    def is_idle(self) -> bool:
        """See `Transport`."""
        return bool(self.process.call("is_idle"))

    def log(self) -> list[str]:
        """See `Transport`."""
        return list(self.process.call("log"))

    def close(self) -> None:
        """See `Transport`."""
        self.process.call("close")
        self.is_open = False

    def kill(self) -> None:
        """End it by SIGKILL."""
        self.process.kill(self._pid)
        self.is_open = False


class Drivers:
    """Starts drivers, lends each to one transport at a time, and has one ready before it is needed."""

    def __init__(self) -> None:
        self._idle: dict[Language, list[DriverProcess]] = {
            language: [DriverProcess(language)] for language in Language
        }

    def lend(self, language: Language) -> DriverProcess:
        """A driver that has no transport open."""
        idle = self._idle[language]
        process = idle.pop()
        if not idle:
            idle.append(DriverProcess(language))
        return process

    def give_back(self, process: DriverProcess) -> None:
        """Take a driver back: one whose transport is closed, or a dead one."""
        if process.is_alive:
            self._idle[process.language].append(process)

    def close(self) -> None:
        """End all that are idle."""
        for process in [process for idle in self._idle.values() for process in idle]:
            process.close()
