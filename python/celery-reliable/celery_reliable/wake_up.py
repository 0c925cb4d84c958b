"""Wakes an event loop. kombu's own ``Hub.call_soon`` wakes it from other threads only."""

import signal
import socket
import threading
from contextlib import suppress

from celery import signals

from celery_reliable.types import Hub, Passed


class WakeUp:
    """A wake-up pipe: a pair of sockets, one of which the loop watches."""

    def __init__(self, loop: Hub) -> None:
        self._writer, self._reader = socket.socketpair()
        for end in (self._writer, self._reader):
            end.setblocking(False)
        loop.add_reader(self._reader, self._drain)

    def wake_on_signals(self) -> None:
        """Let each signal of the process wake it. Python goes on waiting once a signal's handler has run."""
        if threading.current_thread() is threading.main_thread():
            signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def wake(self) -> None:
        """Make the loop turn again at once."""
        with suppress(BlockingIOError):  # it was woken often enough
            self._writer.send(b"!")

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            self._reader.recv(4096)


@signals.worker_process_init.connect(weak=False)
def _leave_to_parent(**_: Passed) -> None:
    """In a process of the pool: its signals are not the worker's."""
    signal.set_wakeup_fd(-1)
