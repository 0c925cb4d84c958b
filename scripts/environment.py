"""The environment of workers and clients: the files in configmaps/, then the user's, then the server's."""

import fnmatch
import os
from collections.abc import Mapping
from pathlib import Path

from scripts.env_files import EnvFileError, read_env_file
from scripts.failure import CommandFailed
from scripts.paths import CONFIGMAPS, NODE_PROJECT, PYTHON_PROJECT, ROOT

SHARED = CONFIGMAPS / "shared.env"
PYTHON_ONLY = CONFIGMAPS / "pyenvs" / "local.env"
NODE_ONLY = CONFIGMAPS / "jsenvs" / "local.env"

# The languages as commands name them.
OWN_FILES = {"python": PYTHON_ONLY, "node": NODE_ONLY}
PROJECTS = {"python": PYTHON_PROJECT, "node": NODE_PROJECT}

# Docker Compose looks up `${NAME}` here too.
_PROJECT = ROOT / ".env"

# Celery prefers these, and all names that begin with CELERY_, to the app's settings.
_RIVALS = ("BROKER_URL", "RESULT_BACKEND", "LOADER", "CONFIG_MODULE")


def for_workers(server: Mapping[str, str], own: Path) -> dict[str, str]:
    """Returns the environment of a language's processes; `own` is the language's file.

    Raises CommandFailed as `files` does.
    """
    given = {
        name: value
        for name, value in os.environ.items()
        if not (name in _RIVALS or name.startswith("CELERY_"))
    }
    return {**files(own), **given, **server}


def files(own: Path) -> dict[str, str]:
    """Returns the variables of shared.env and a language's own file, read as Docker Compose does.

    Raises CommandFailed when Compose would refuse one of them.
    """
    values: dict[str, str] = {}
    project: dict[str, str] = {}
    try:
        read_env_file(_PROJECT, os.environ, project)
        for file in (SHARED, own):
            read_env_file(file, {**project, **os.environ}, values)
    except EnvFileError as error:
        sentence = str(error).removeprefix(f"{ROOT}{os.sep}")
        raise CommandFailed(f"{sentence}; docs/settings.md describes the format") from error
    return values


def server_variables(broker: str, results: str = "") -> dict[str, str]:
    """Returns the variables that name the server of the tasks and the server of the results."""
    return {"JOBS_BROKER_URL": broker, "JOBS_RESULT_BACKEND": results or broker}


def queue_of(task: str, variables: Mapping[str, str], own: str = "") -> str:
    """Returns the queue of a task that is sent by name.

    That is the queue of its full name in JOBS_TASK_ROUTES, else of the first pattern that matches, else the
    task's own option `queue`, else the default queue (docs/settings.md).
    """
    pairs = [pair.partition("=") for pair in variables.get("JOBS_TASK_ROUTES", "").split(",")]
    routes = {pattern.strip(): queue.strip() for pattern, _, queue in pairs}
    fitting = [queue for pattern, queue in routes.items() if fnmatch.fnmatchcase(task, pattern)]
    default = own or variables.get("JOBS_DEFAULT_QUEUE", "the default queue")
    return routes.get(task) or next(iter(fitting), default)
