"""Flower, which shows workers and tasks in a browser: `make up MONITOR=1`, `make workers_up MONITOR=1`."""

import os
import secrets
from dataclasses import dataclass, replace

from scripts import environment, languages, server, switches
from scripts.failure import CommandFailed
from scripts.paths import PYTHON_PROJECT
from scripts.workers import Worker

DEFAULT_PORT = 5555
DEFAULT_USER = "admin"
PASSWORD_BYTES = 9


def is_wanted(monitor: str) -> bool:
    """Reads the value of MONITOR. Raises CommandFailed when it is neither 1 nor 0, or Flower is not here."""
    if monitor == "1" and languages.PYTHON not in languages.PRESENT:
        raise CommandFailed("MONITOR=1 needs Flower, which `make strip lang=python` has removed")
    return switches.is_on("MONITOR", monitor, "start Flower")


@dataclass(frozen=True)
class Login:
    """Flower's port on this machine, user and password."""

    port: int
    user: str
    password: str

    @property
    def variables(self) -> dict[str, str]:
        """The variables that `start_flower.sh` and docker-compose.yml read."""
        return {
            "FLOWER_PORT": str(self.port),
            "FLOWER_USER": self.user,
            "FLOWER_PASSWORD": self.password,
        }

    @property
    def line(self) -> str:
        """The line for the user. It shows a generated password but not one from the environment."""
        password = "FLOWER_PASSWORD" if os.environ.get("FLOWER_PASSWORD") else self.password
        return f"Flower: http://{server.HOST}:{self.port}, user {self.user}, password {password}"


def login() -> Login:
    """Reads FLOWER_PORT, FLOWER_USER and FLOWER_PASSWORD; generates a password if there is none.

    Raises CommandFailed when the port is invalid, or when Flower would refuse the user or password.
    """
    given = os.environ.get("FLOWER_PORT") or str(DEFAULT_PORT)
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise CommandFailed(f"invalid FLOWER_PORT={given}: use a number from 1 to 65535")
    password = os.environ.get("FLOWER_PASSWORD") or secrets.token_urlsafe(PASSWORD_BYTES)
    user = os.environ.get("FLOWER_USER") or DEFAULT_USER
    for name, value in (("FLOWER_USER", user), ("FLOWER_PASSWORD", password)):
        if "," in value or not value.isascii():
            raise CommandFailed(
                f"invalid {name}: use ASCII without a comma, or Flower will refuse every login"
            )
    return Login(int(given), user, password)


def check_free(port: int) -> None:
    """Raises CommandFailed when Flower's port is taken."""
    if not server.is_port_free(port):
        raise CommandFailed(f"port {port} is taken: choose another one for Flower with FLOWER_PORT=...")


def flower(access: Login) -> Worker:
    """Returns how to run Flower next to the workers. Flower asks them to send events."""
    return Worker(
        name="flower",
        language=languages.PYTHON,
        queues="",
        command=["scripts/entrypoints/start_flower.sh"],
        cwd=PYTHON_PROJECT,
        env_file=environment.PYTHON_ONLY,
        says_ready=lambda line: "Connected to" in line,
        variables=access.variables,
    )


def sending_events(worker: Worker) -> Worker:
    """Returns a worker that sends events from its start; Flower asks for them only seconds later."""
    return replace(worker, command=[*worker.command, "-E"])
