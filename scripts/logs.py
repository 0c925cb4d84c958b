"""Prints the workers' logs together: each line has a time and its worker's name, in honcho's colours."""

import fcntl
import os
import selectors
import struct
import sys
import termios
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from honcho.colour import get_colours
from honcho.printer import Message, Printer

READ_BYTES = 65536
LAST_LINES = 15


@dataclass
class _Source:
    name: str
    colour: str
    on_line: Callable[[str], None]
    rest: bytes = field(default=b"")
    last: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))


class LogStreams:
    """Prints the lines of several descriptors. Call `pump` often."""

    def __init__(self, coloured: bool) -> None:
        self._selector = selectors.DefaultSelector()
        self._printer = Printer(sys.stdout, colour=coloured)
        self._colours = get_colours()
        self._coloured = coloured
        self._sources: dict[str, _Source] = {}

    def open(self, name: str, on_line: Callable[[str], None]) -> int:
        """Opens a named stream and returns the descriptor to write to. The caller closes it.

        A stream of a known name has its colour. With colours, it is a terminal, so that the programs colour
        their logs too.
        """
        self._printer.width = max(self._printer.width, len(name))
        reader, writer = _open_terminal() if self._coloured else os.pipe()
        known = self._sources.get(name)
        colour = known.colour if known else next(self._colours)
        source = self._sources[name] = _Source(name, colour, on_line)
        self._selector.register(reader, selectors.EVENT_READ, source)
        return writer

    def pump(self, timeout_s: float) -> None:
        """Prints the available lines; waits for the first one."""
        if not self._selector.get_map():  # all of them have ended
            time.sleep(timeout_s)
            return
        for key, _ in self._selector.select(timeout_s):
            source: _Source = key.data
            chunk = b""
            with suppress(OSError):  # a terminal whose other side is closed answers with EIO
                chunk = os.read(key.fd, READ_BYTES)
            *lines, source.rest = (source.rest + chunk).split(b"\n")
            if not chunk:
                self._selector.unregister(key.fd)
                os.close(key.fd)
                lines = [source.rest] if source.rest else []
            for line in lines:
                self._print(source, line.rstrip(b"\r"))

    def drain(self) -> None:
        """Prints the remaining lines after the programs have ended."""
        while self._selector.get_map() and self._selector.select(0):
            self.pump(0)

    def last_lines(self, name: str) -> str:
        """Returns the last lines of a stream, under a heading."""
        lines = (f"    {line}" for line in self._sources[name].last)
        return "\n".join([f"  the last lines of the {name}:", *lines])

    def _print(self, source: _Source, line: bytes) -> None:
        message = Message(type="line", data=line, time=datetime.now(), name=source.name, colour=source.colour)
        with suppress(OSError):
            self._printer.write(message)
        text = line.decode("utf-8", "replace")
        source.last.append(text)
        source.on_line(text)


def _open_terminal() -> tuple[int, int]:
    reader, writer = os.openpty()
    with suppress(OSError):
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
        fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    return reader, writer
