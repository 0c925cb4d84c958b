"""Has an event loop turn again at once. kombu's own ``Hub.call_soon`` wakes it from other threads only."""

import socket
from contextlib import suppress
from typing import Any


class Bell:
    """A pair of sockets, one of which the loop watches."""

    def __init__(self, loop: Any) -> None:
        self._button, self._clapper = socket.socketpair()
        for end in (self._button, self._clapper):
            end.setblocking(False)
        loop.add_reader(self._clapper, self._answer)

    def ring(self) -> None:
        """Have the loop not wait for anything else before its next turn."""
        with suppress(BlockingIOError):  # it has been rung often enough
            self._button.send(b"!")

    def _answer(self) -> None:
        with suppress(BlockingIOError):
            self._clapper.recv(4096)
