"""The containers that `make workers_up` starts, under a project name of the tests' own."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from scripts import server
from scripts.paths import ROOT
from tests.support import docker
from tests.support.workers import clean_environment

LANGUAGES = {"py": "py_workers.tasks.compose.work.work", "js": "js_workers.tasks.compose.work.work"}


class System:
    """Docker commands on these containers, and the ledger (`entries`, `counts`) that their tasks write."""

    def __init__(self, project: str, folder: Path) -> None:
        self._ledger = docker.Ledger(folder)
        self.entries, self.counts = self._ledger.entries, self._ledger.counts
        self.project = project
        self.port = server.free_port()
        self.url = server.url(self.port)
        self.env = {
            **clean_environment(),
            "COMPOSE_PROJECT_NAME": project,
            "COMPOSE_FILE": f"{ROOT}/docker-compose.yml:{ROOT}/tests/compose/tasks.yml",
            "VALKEY_PORT": str(self.port),
            "LEDGER": str(folder),
        }

    def run(self, *command: str, cwd: Path = ROOT, ok: Sequence[int] = (0,)) -> str:
        """Runs a command and returns its output. Raises AssertionError, with it, for another exit code."""
        return docker.run(*command, cwd=cwd, env=self.env, ok=ok)

    def compose(self, *arguments: str) -> str:
        """Runs `docker compose` on the containers and returns its output."""
        return self.run("docker", "compose", *arguments)

    def exit_code(self, container: str, *command: str) -> int:
        """Runs a command inside a container and returns its exit code."""
        full = ["docker", "exec", container, *command]
        return subprocess.run(full, env=self.env, capture_output=True, check=False).returncode

    def containers(self, service: str) -> dict[str, str]:
        """The running containers of a service: host name (as in the ledger) -> container's name."""
        rows = self.compose("ps", "--format", "json", service).splitlines()
        return {row["ID"][:12]: row["Name"] for row in map(json.loads, rows)}

    def health(self, container: str) -> str:
        """What Docker thinks of a container: starting, healthy or unhealthy."""
        return self.run("docker", "inspect", "--format", "{{.State.Health.Status}}", container).strip()

    def left_behind(self) -> dict[str, list[str]]:
        """Everything of the project that Docker still has, by kind."""
        label = f"label=com.docker.compose.project={self.project}"
        kinds = {
            "containers": ("ps", "--all", "--quiet"),
            "networks": ("network", "ls", "--quiet"),
            "volumes": ("volume", "ls", "--quiet"),
        }
        return {
            kind: self.run("docker", *command, "--filter", label).split() for kind, command in kinds.items()
        }
