"""Wakes an event loop. kombu's own ``Hub.call_soon`` wakes it from other threads only."""

import socket
from contextlib import suppress

from celery_reliable.types import Hub


class WakeUp:
    """A wake-up pipe: a pair of sockets, one of which the loop watches."""

    def __init__(self, loop: Hub) -> None:
        self._writer, self._reader = socket.socketpair()
        for end in (self._writer, self._reader):
            end.setblocking(False)
        loop.add_reader(self._reader, self._drain)

    def wake(self) -> None:
        """Make the loop turn again at once."""
        with suppress(BlockingIOError):  # it was woken often enough
            self._writer.send(b"!")

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            self._reader.recv(4096)
