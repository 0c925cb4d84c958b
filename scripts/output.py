"""Detects that the reader of a command's output has gone."""

import os
import select
import signal
import stat
from typing import TextIO

# The exit code, by the convention of shells, of a program that SIGPIPE has stopped.
ENDED_BY_SIGPIPE = 128 + signal.SIGPIPE


def has_reader(stream: TextIO) -> bool:
    """Returns False if the stream is a pipe whose other end is closed, as in `make up | head`."""
    try:
        descriptor = stream.fileno()
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return True
    except (OSError, ValueError):
        return True
    poll = select.poll()
    poll.register(descriptor, 0)
    return not any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))
