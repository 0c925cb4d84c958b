"""`make workers_up` and `make workers_down`: run the whole system in containers with Docker Compose."""

import json
import os
import shutil
import subprocess
from urllib.parse import quote

from scripts import broker, clients, installed, languages, monitor, ports, server
from scripts.console import BOLD, Console
from scripts.environment import server_variables
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import ROOT
from scripts.processes import Command, ProcessGroup

STOPS_WITHIN_S = 10.0
ANSWERS_WITHIN_S = 60.0

# Stops and removes containers of every profile.
ALL_PROFILES = ("--profile", "*")

# The services of each language in docker-compose.yml, the worker last.
SERVICES = {languages.PYTHON: ("beat", "flower", "py_worker"), languages.NODE: ("js_worker",)}

# Their volumes may hold tasks or a history, and are always kept.
OTHER_SERVERS = ("rabbitmq", "postgres")

# The variables of docker-compose.yml with the ports of its other servers, and their defaults.
_PORTS = {"RABBITMQ_PORT": "5672", "POSTGRES_PORT": "5432"}

# Queues and dead letters are lists, and `unacked` is the hash of the messages that workers hold
# (docs/delivery.md). A pidbox contains answers of remote control whose reader has gone.
FIND_WORK = """
local found = {}
for _, key in ipairs(redis.call("KEYS", "*")) do
  local kind = redis.call("TYPE", key).ok
  local is_queue = kind == "list" and not key:find("pidbox", 1, true)
  if is_queue or kind == "hash" and key:find("unacked$") then found[#found + 1] = key end
end
return found
"""


def up(
    console: Console,
    interruption: Interruption,
    port: str,
    py_workers: str,
    js_workers: str,
    wants_monitor: str,
    servers: installed.Wanted = broker.NONE_INSTALLED,
) -> None:
    """Builds the images, starts the containers and waits until every worker consumes.

    `servers` take the place of Valkey for the tasks, or for the results.

    An empty port means the default one, an empty number of workers means 1. The monitor is Flower, with the
    password FLOWER_PASSWORD. Raises CommandFailed when a value is wrong or missing, Docker is missing, a port
    is taken, or a container does not become healthy.
    """
    number = ports.number(port or str(broker.DEFAULT_PORT))
    numbers = {languages.PYTHON: ("PY_WORKERS", py_workers), languages.NODE: ("JS_WORKERS", js_workers)}
    scale = [
        f"--scale={SERVICES[language][-1]}={_number_of_workers(*numbers[language])}"
        for language in languages.PRESENT
    ]
    flower = _flower() if monitor.is_wanted(wants_monitor) else None
    profiles = ["--profile", "monitor"] if flower else []
    profiles += [word for name in (servers.broker, servers.results) if name for word in ("--profile", name)]
    _check_docker()
    for variable in broker.in_environment():
        console.note("not used", f"{variable}: the containers use their own server")
    if flower and "flower" not in _running():
        monitor.check_free(flower.port)
    if not _is_server_running():
        ports.check_free(number, "workers_up")
    os.environ["VALKEY_PORT"] = str(number)
    os.environ.update(_urls_inside(servers))
    if _compose(interruption, *profiles, "up", "--build", "--detach", "--wait", *scale) != 0:
        raise CommandFailed(
            "some containers did not start: `docker compose ps` shows which, `docker compose logs` why, "
            "and `make workers_down` removes them"
        )
    console.line(console.paint("The workers are consuming. `make workers_down` stops them.", BOLD))
    if flower:
        console.line(flower.line)
    if page := os.environ.get("EXAMPLE_PAGE"):
        console.line(f"The example's page is at {page}")
    for line in clients.commands(server_variables(server.url(number)) | _urls_outside(servers)):
        console.line(line)


def _urls_inside(servers: installed.Wanted) -> dict[str, str]:
    """Returns the variables of docker-compose.yml with the URLs of the containers' servers."""
    urls = {
        "WORKERS_BROKER_URL": servers.broker
        and installed.rabbitmq_url(5672, "rabbitmq", _login("RABBITMQ_PASSWORD")),
        "WORKERS_RESULT_BACKEND": servers.results
        and installed.postgres_url(5432, "postgres", _login("POSTGRES_PASSWORD"), "jobs"),
    }
    return {name: url for name, url in urls.items() if url}


def _urls_outside(servers: installed.Wanted) -> dict[str, str]:
    """Returns the settings of clients on this machine."""
    rabbitmq, postgres = (int(os.environ.get(name) or usual) for name, usual in _PORTS.items())
    urls = {
        installed.BROKER: servers.broker
        and installed.rabbitmq_url(rabbitmq, user=_login("RABBITMQ_PASSWORD")),
        installed.RESULTS: servers.results
        and installed.postgres_url(postgres, user=_login("POSTGRES_PASSWORD"), database="jobs"),
    }
    return {name: url for name, url in urls.items() if url}


def _login(variable: str) -> str:
    return f"jobs:{quote(os.environ.get(variable) or 'jobs', safe='')}"


def down(console: Console, interruption: Interruption) -> None:
    """Stops the workers warm, then the server. Removes everything except unfinished work.

    Raises CommandFailed when Docker is missing or fails.
    """
    _check_docker()
    services = [service for language in languages.PRESENT for service in SERVICES[language]]
    if _compose(interruption, *ALL_PROFILES, "stop", *services) != 0:
        raise CommandFailed("the workers could not be stopped: see Docker's message above")
    kept = _work_left()
    if (
        _compose(interruption, *ALL_PROFILES, "down", "--remove-orphans", *([] if kept else ["--volumes"]))
        != 0
    ):
        raise CommandFailed("the containers could not be removed: see Docker's message above")
    if kept:
        console.line(f"The server's volume is kept: {kept}.")
        console.line("`make workers_up` continues with it, `docker compose down --volumes` deletes it.")


def exist() -> bool:
    """Tells whether this clone has containers, running or not. False if no Docker engine answers."""
    try:
        return bool(_ask("docker", "compose", "ps", "--all", "--quiet"))
    except (CommandFailed, OSError, subprocess.TimeoutExpired):
        return False


def _flower() -> monitor.Login:
    """Returns Flower's login. The user chooses the password, as the containers outlive this command."""
    if not os.environ.get("FLOWER_PASSWORD"):
        raise CommandFailed(
            "MONITOR=1 needs a password, as Flower can revoke tasks and stop workers: "
            "`FLOWER_PASSWORD=... make workers_up MONITOR=1`"
        )
    return monitor.login()


def _number_of_workers(variable: str, value: str) -> int:
    if not value:
        return 1
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise CommandFailed(f"invalid {variable}={value}: use a whole number, 1 or more")
    return int(value)


def _work_left() -> str:
    """Describes what is in the servers' volumes for the user; empty if there is nothing to keep."""
    volumes = _volumes()
    others = [name for name in OTHER_SERVERS if any(volume.endswith(f"_{name}-data") for volume in volumes)]
    if others:
        return f"the data of {' and '.join(others)}"
    if not _is_server_running():
        return "its content is unknown, as the server did not run" if volumes else ""
    answer = _ask("docker", "compose", "exec", "-T", "valkey", "valkey-cli", "--raw", "EVAL", FIND_WORK, "0")
    keys = sorted(answer.split())
    return f"tasks or dead letters of {', '.join(keys)}" if keys else ""


def _is_server_running() -> bool:
    return "valkey" in _running()


def _running() -> list[str]:
    """Returns the running services."""
    return _ask("docker", "compose", *ALL_PROFILES, "ps", "--services", "--status", "running").split()


def _volumes() -> list[str]:
    project = json.loads(_ask("docker", "compose", "config", "--format", "json"))["name"]
    label = f"label=com.docker.compose.project={project}"
    return _ask("docker", "volume", "ls", "--quiet", "--filter", label).split()


def _check_docker() -> None:
    if shutil.which("docker") is None:
        raise CommandFailed("this needs Docker Engine 25 or newer with Compose; `make up` does not")
    _ask("docker", "info", "--format", "{{.ServerVersion}}")
    _ask("docker", "compose", "version")


def _ask(*command: str) -> str:
    """Returns the output of a Docker command. Raises CommandFailed, with its message, when it fails."""
    answer = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=ANSWERS_WITHIN_S, check=False
    )
    if answer.returncode != 0:
        raise CommandFailed(f"`{' '.join(command[:3])}` failed; is Docker running?", answer.stderr)
    return answer.stdout


def _compose(interruption: Interruption, *arguments: str) -> int:
    """Runs a Docker Compose command, shows its output and returns its exit code."""
    command: Command = ["docker", "compose", *arguments]
    with ProcessGroup(interruption) as group:
        process = group.start("docker compose", command, cwd=ROOT)
        try:
            while process.exit_code is None:
                interruption.sleep()
        finally:
            group.stop([process], STOPS_WITHIN_S)
        return process.exit_code or 0
