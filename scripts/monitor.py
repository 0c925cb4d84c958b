"""Flower, which shows workers and tasks in a browser: `make up MONITOR=1`, `make workers_up MONITOR=1`."""

import os
import secrets
from dataclasses import dataclass, replace

from scripts import environment, server
from scripts.failure import CommandFailed
from scripts.paths import PYTHON_PROJECT
from scripts.workers import Worker

DEFAULT_PORT = 5555
DEFAULT_USER = "admin"
PASSWORD_BYTES = 9


def is_wanted(monitor: str) -> bool:
    """Reads the value of MONITOR. Raises CommandFailed when it is neither 1 nor 0."""
    if monitor in {"", "0", "1"}:
        return monitor == "1"
    raise CommandFailed(f"MONITOR={monitor} is neither 1, which starts Flower, nor 0")


@dataclass(frozen=True)
class Login:
    """Where Flower listens on this machine, and who may see it."""

    port: int
    user: str
    password: str

    @property
    def variables(self) -> dict[str, str]:
        """What `start_flower.sh` and docker-compose.yml read."""
        return {
            "FLOWER_PORT": str(self.port),
            "FLOWER_USER": self.user,
            "FLOWER_PASSWORD": self.password,
        }

    @property
    def line(self) -> str:
        """What the user is told. A password that he has given is not shown."""
        password = "FLOWER_PASSWORD" if os.environ.get("FLOWER_PASSWORD") else self.password
        return f"Flower: http://{server.HOST}:{self.port}, user {self.user}, password {password}"


def login() -> Login:
    """Reads FLOWER_PORT, FLOWER_USER and FLOWER_PASSWORD; makes up a password where there is none.

    Raises CommandFailed when the port is none, or when Flower would let nobody in with the user or password.
    """
    given = os.environ.get("FLOWER_PORT") or str(DEFAULT_PORT)
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise CommandFailed(f"FLOWER_PORT={given} is no port: give a number from 1 to 65535")
    password = os.environ.get("FLOWER_PASSWORD") or secrets.token_urlsafe(PASSWORD_BYTES)
    user = os.environ.get("FLOWER_USER") or DEFAULT_USER
    for name, value in (("FLOWER_USER", user), ("FLOWER_PASSWORD", password)):
        if "," in value or not value.isascii():
            raise CommandFailed(
                f"{name} has a comma or a letter outside of ASCII in it, with which nobody could log in to "
                "Flower: choose one without"
            )
    return Login(int(given), user, password)


def check_free(port: int) -> None:
    """Raises CommandFailed when somebody listens on Flower's port."""
    if not server.is_port_free(port):
        raise CommandFailed(f"port {port} is taken: choose another one for Flower with FLOWER_PORT=...")


def flower(access: Login) -> Worker:
    """How Flower is run beside the workers; it tells them to tell of their tasks."""
    return Worker(
        name="flower",
        queues="",
        command=["scripts/entrypoints/start_flower.sh"],
        cwd=PYTHON_PROJECT,
        env_file=environment.PYTHON_ONLY,
        says_ready=lambda line: "Connected to" in line,
        variables=access.variables,
    )


def telling(worker: Worker) -> Worker:
    """A worker that tells of its tasks from the first one on; Flower asks for that some seconds later."""
    return replace(worker, command=[*worker.command, "-E"])
