"""Shows a command's progress: one line a step, with its duration."""

import os
import select
import sys
import time
from contextlib import suppress
from typing import TextIO

from scripts.interruption import POLL_S, Interruption

TITLE_WIDTH = 18
WHAT_WIDTH = 48
DEFAULT_COLUMNS = 80

BOLD = "1"
RED = "31"
GREEN = "32"
DIM = "2"


class Console:
    """Progress on a stream.

    On a terminal, a live line names the running steps. Otherwise a line is printed when a step starts.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self.coloured = self._live and not os.environ.get("NO_COLOR")
        self._running: dict[str, tuple[str, float]] = {}

    def paint(self, text: str, colour: str) -> str:
        """Returns the text in an ANSI colour if the stream shows colours."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.coloured else text

    def line(self, text: str = "") -> None:
        """Prints a line.

        Ignores a closed stream (terminal or pipe), so that the work is not left half done.
        """
        with suppress(OSError):
            self._stream.write(("\r\x1b[2K" if self._live else "") + text + "\n")
            self._stream.flush()

    def ask(self, interruption: Interruption, question: str) -> str | None:
        """Returns the user's answer, or None without a terminal. Raises Interrupted on a signal."""
        if not (sys.stdin and sys.stdin.isatty() and self._stream.isatty()):
            return None
        self._stream.write(question)
        self._stream.flush()
        while not select.select([sys.stdin], [], [], POLL_S)[0]:
            interruption.check()
        return sys.stdin.readline()

    def begin(self, title: str, what: str) -> None:
        """Shows that a step has begun."""
        self._running[title] = (what, time.monotonic())
        if not self._live:
            self.line(f"  {title:<{TITLE_WIDTH}} {what} ...")
        self.tick()

    def end(self, title: str, result: str = "") -> None:
        """Shows that the step with this title is done, and how long it took."""
        what, since = self._running.pop(title)
        took = f"{time.monotonic() - since:.1f} s"
        self.line(
            f"  {self.paint(f'{title:<{TITLE_WIDTH}}', GREEN)} {result or what:<{WHAT_WIDTH}} {took:>8}"
        )
        self.tick()

    def note(self, title: str, what: str) -> None:
        """Prints the line of a step that took no time."""
        self.line(f"  {self.paint(f'{title:<{TITLE_WIDTH}}', GREEN)} {what}")

    def abandon(self) -> None:
        """Forgets the running steps, so that the live line does not come back."""
        self._running.clear()

    def tick(self) -> None:
        """Redraws the live line.

        Call it often while waiting. Without a terminal it does nothing.
        """
        if not self._live or not self._running:
            return
        longest = time.monotonic() - min(since for _, since in self._running.values())
        text = f"  ... {', '.join(what for what, _ in self._running.values())}  {longest:.0f} s"
        with suppress(OSError):
            self._stream.write("\r\x1b[2K" + self.paint(text[: self._columns() - 1], DIM))
            self._stream.flush()

    def _columns(self) -> int:
        with suppress(OSError):
            return os.get_terminal_size(self._stream.fileno()).columns or DEFAULT_COLUMNS
        return DEFAULT_COLUMNS

    def error(self, sentence: str, detail: str = "") -> None:
        """Prints a failure to standard error: first the detail, then the sentence, where users look first."""
        self.abandon()
        if self._live:
            with suppress(OSError):
                self._stream.write("\r\x1b[2K")
                self._stream.flush()
        with suppress(OSError):
            if detail:
                sys.stderr.write(detail.rstrip() + "\n")
            sys.stderr.write(f"{self.paint('error:', RED)} {sentence}\n")
            sys.stderr.flush()
