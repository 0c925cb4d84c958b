"""Prometheus for `make up MONITOR=1`: it stores the workers' /metrics, and draws them.

Its program is the machine's own, or Debian's package, unpacked below .tools without installing it.
"""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scripts import environment, languages, server
from scripts.paths import DATA, ROOT, TOOLS
from scripts.workers import Worker

FOLDER = TOOLS / "prometheus"
CONFIGURATION = ROOT / "deploy" / "monitoring" / "prometheus.yml"
RULES = CONFIGURATION.with_name("rules.yml")
PORT = 9090
DOWNLOADED_WITHIN_S = 120
MISSING = (
    "Prometheus is not started: this machine has no `prometheus`, and no apt to get it from. "
    "Install it, or see docs/monitoring.md."
)


def binary(name: str = "prometheus") -> Path | None:
    """Returns a program of Prometheus, or None if it cannot be had here."""
    found = shutil.which(name)
    if found:
        return Path(found)
    unpacked = FOLDER / "usr" / "bin" / name
    if not unpacked.exists() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        _unpack()
    return unpacked if unpacked.exists() else None


def _unpack() -> None:
    """Unpacks Debian's package. Without a network, or without the package, it does nothing."""
    downloads = FOLDER / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    try:
        _run(["apt-get", "download", "prometheus"], downloads)
        for package in downloads.glob("prometheus_*.deb"):
            _run(["dpkg-deb", "-x", str(package), str(FOLDER)], downloads)
    except (subprocess.SubprocessError, OSError):
        return
    finally:
        shutil.rmtree(downloads, ignore_errors=True)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=DOWNLOADED_WITHIN_S)


def with_health_ports(programs: list[Worker]) -> tuple[list[Worker], list[int]]:
    """Returns workers that answer on a free port each, and these ports."""
    ports = [server.free_port() for _ in programs]
    return [
        replace(worker, variables={**worker.variables, "JOBS_HEALTH_ADDRESS": str(port)})
        for worker, port in zip(programs, ports, strict=True)
    ], ports


def program(binary: Path, workers: Mapping[str, int]) -> tuple[Worker, str]:
    """Returns how to run Prometheus for workers, by their names and ports, and the line for the user."""
    folder = DATA / "prometheus"
    # Its old data is useless, because workers have other ports in each run.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = CONFIGURATION.read_text("utf-8").replace("rules.yml", str(RULES))
    targets = ", ".join(f'"{server.HOST}:{port}"' for port in workers.values())
    head, _, _ = written.partition("      - targets:")
    file = folder / "prometheus.yml"
    file.write_text(f"{head}      - targets: [{targets}]\n", "utf-8")
    port = PORT if server.is_port_free(PORT) else server.free_port()
    command = [
        str(binary), f"--config.file={file}", f"--storage.tsdb.path={folder}",
        f"--web.listen-address={server.HOST}:{port}", f"--web.user-assets={CONFIGURATION.parent}",
    ]  # fmt: skip
    run = Worker(
        name="prometheus",
        language=languages.PYTHON,
        queues="",
        command=command,
        cwd=ROOT,
        env_file=environment.PYTHON_ONLY,
        says_ready=lambda line: "Server is ready to receive web requests" in line,
    )
    shown = ", ".join(f"{name} http://{server.HOST}:{port}/metrics" for name, port in workers.items())
    return run, f"Prometheus: http://{server.HOST}:{port}/user/board.html, of {shown}"
