"""Whether anybody still reads what a command prints."""

import os
import select
import signal
import stat
from typing import TextIO

# By the shells' convention, what a program ends with that SIGPIPE has stopped.
ENDED_BY_SIGPIPE = 128 + signal.SIGPIPE


def has_reader(stream: TextIO) -> bool:
    """False once the other end of a pipe is closed, as by `make up | head`; true for a file or terminal."""
    try:
        descriptor = stream.fileno()
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return True
    except (OSError, ValueError):
        return True
    poll = select.poll()
    poll.register(descriptor, 0)
    return not any(events & (select.POLLERR | select.POLLHUP) for _, events in poll.poll(0))
