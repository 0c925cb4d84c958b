"""Forks Celery's programs off a process that has imported Celery, which takes each of them nearly 2 s else.

A request comes over the socket that is our first argument: what `python -m` would run and where, with the
descriptors of its input, outputs and status. The status gets its process id and, at its end, how it ended.
The program becomes a process like any other: nothing of ours is left in it but the imported modules.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import Any

NUMBER = struct.Struct("!i")

# What a worker imports, and what the command line does.
PRELOADED = (
    "celery.bin.celery",
    "celery.apps.worker",
    "celery.backends.redis",
    "celery.concurrency.prefork",
    "celery.concurrency.solo",
    "celery.concurrency.thread",
    "celery.worker.autoscale",
    "celery.worker.consumer",
    "celery.worker.worker",
    "celery_reliable",
    "celery_reliable.command",
    "celery_reliable.transport",
    "kombu.transport.redis",
)


class Server:
    """Answers requests until its socket is closed by the other end."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._statuses: dict[int, int] = {}
        self._wake, wakes = os.pipe()
        os.set_blocking(wakes, False)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent, which gets Ctrl-C too, closes the socket

    def serve(self) -> dict[str, Any] | None:
        """Return a request in the process that is to run it, and None at the end."""
        while True:
            readable, _, _ = select.select([self._control.fileno(), self._wake], [], [])
            if self._wake in readable:
                os.read(self._wake, 1024)
                self._report()
            if self._control.fileno() in readable:
                head, descriptors, _, _ = socket.recv_fds(self._control, NUMBER.size, 4)
                if not head:
                    return None
                (length,) = NUMBER.unpack(head)
                request = json.loads(self._control.recv(length, socket.MSG_WAITALL))
                if self._is_child(request, descriptors):
                    return dict(request)

    def _is_child(self, request: dict[str, Any], descriptors: list[int]) -> bool:
        *streams, status = descriptors
        pid = os.fork()
        if pid == 0:
            _become_ordinary(streams, request["group"])
            return True
        with suppress(ProcessLookupError, PermissionError):  # it may have done so itself, and have ended
            os.setpgid(pid, request["group"])
        for stream in streams:
            os.close(stream)
        self._statuses[pid] = status
        os.write(status, NUMBER.pack(pid))
        return False

    def _report(self) -> None:
        with suppress(ChildProcessError):
            while True:
                pid, ended = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                status = self._statuses.pop(pid)
                with suppress(BrokenPipeError):
                    os.write(status, NUMBER.pack(os.waitstatus_to_exitcode(ended)))
                os.close(status)


def _become_ordinary(streams: list[int], group: int) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setpgid(0, group)
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _run(request: dict[str, Any]) -> None:
    """Be `python -m module ...` in a folder and an environment."""
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    sys.path[0] = request["cwd"]
    sys.argv = ["-m", *request["arguments"]]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


def main() -> None:
    """Import Celery, then fork a process for each request and run it there."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for module in PRELOADED:
        importlib.import_module(module)
    gc.freeze()  # a collection in a child would touch, and so copy, every page
    request = Server(control).serve()
    if request is not None:
        control.detach()
        _run(request)


if __name__ == "__main__":
    main()
