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
        self._loop = loop
        loop.add_reader(self._reader, self._drain)

    def wake_on_signals(self) -> None:
        """Let each signal wake the loop, because Python continues to wait after a signal's handler has run."""
        if threading.current_thread() is threading.main_thread():
            signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        """Leave the loop. Signals must not be written to the next file with this number."""
        if threading.current_thread() is threading.main_thread():
            current = signal.set_wakeup_fd(-1)
            if current not in (-1, self._writer.fileno()):
                signal.set_wakeup_fd(current, warn_on_full_buffer=False)
        self._loop.remove(self._reader)
        self._reader.close()
        self._writer.close()

    def wake(self) -> None:
        """Make the loop turn again at once."""
        with suppress(BlockingIOError):  # the pipe is full, so the loop wakes anyway
            self._writer.send(b"!")

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            self._reader.recv(4096)


@signals.worker_process_init.connect(weak=False)
def _leave_to_parent(**_: Passed) -> None:
    """Turn off the wake-up in pool processes, whose signals are not the worker's."""
    signal.set_wakeup_fd(-1)
