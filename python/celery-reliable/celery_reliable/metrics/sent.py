"""Reports the messages that tasks send to the worker's own process. In celery-js ``publishing/sent-counters.js``.

Tasks send from a pool process, but Prometheus asks the parent. So pool processes write lines into a pipe that was
made before they were forked, and a thread of the parent reads them.
"""

import json
import os
import select
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from celery import signals

from celery_reliable.types import Passed

_READ_BYTES = 65_536


class SentMessages:
    """Calls ``count`` with the task's name and the queue of each message, in the process that made it."""

    def __init__(self, count: Callable[[str, str], None]) -> None:
        self._count = count
        self._parent = os.getpid()
        self._reading, self._writing = os.pipe()
        # Tasks never wait for the pipe: while it is full, messages are not counted.
        os.set_blocking(self._writing, False)
        signals.after_task_publish.connect(self._on_sent, weak=False)
        Thread(target=self._read, name="celery-reliable-sent", daemon=True).start()

    def _on_sent(self, sender: Passed = "", routing_key: Passed = "", **_: Passed) -> None:
        name, queue = str(sender), str(routing_key)
        if os.getpid() == self._parent:
            self._count(name, queue)
            return
        line = f"{json.dumps([name, queue])}\n".encode()
        if len(line) <= select.PIPE_BUF:  # a longer one may be mixed with another process's
            with suppress(OSError):
                os.write(self._writing, line)

    def _read(self) -> None:
        rest = b""
        while chunk := os.read(self._reading, _READ_BYTES):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._count(*json.loads(line))
