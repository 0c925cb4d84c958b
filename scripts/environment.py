"""The environment of workers and clients: the files in configmaps/, then the user's, then the server's."""

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
