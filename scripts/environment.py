"""The environment of the workers and clients: the files in configmaps/, then the user's, then the server."""

import os
from collections.abc import Mapping
from pathlib import Path

from scripts.env_files import EnvFileError, read_env_file
from scripts.failure import CommandFailed
from scripts.paths import CONFIGMAPS, NODE_PROJECT, PYTHON_PROJECT, ROOT

SHARED = CONFIGMAPS / "shared.env"
PYTHON_ONLY = CONFIGMAPS / "pyenvs" / "local.env"
NODE_ONLY = CONFIGMAPS / "jsenvs" / "local.env"

# The names that a command takes a language by.
OWN_FILES = {"python": PYTHON_ONLY, "node": NODE_ONLY}
PROJECTS = {"python": PYTHON_PROJECT, "node": NODE_PROJECT}

# Docker Compose looks up what `${NAME}` means here, too.
_PROJECT = ROOT / ".env"

# Celery prefers these names, and all that begin with CELERY_, to an app's own settings.
_RIVALS = ("BROKER_URL", "RESULT_BACKEND", "LOADER", "CONFIG_MODULE")


def for_workers(server: Mapping[str, str], own: Path) -> dict[str, str]:
    """The environment of one language's processes: with that language's own file, and a server's variables.

    Raises what `files` raises.
    """
    given = {
        name: value
        for name, value in os.environ.items()
        if not (name in _RIVALS or name.startswith("CELERY_"))
    }
    return {**files(own), **given, **server}


def files(own: Path) -> dict[str, str]:
    """What shared.env and one language's own file say, as Docker Compose reads them.

    Raises CommandFailed when it would refuse one of them.
    """
    values: dict[str, str] = {}
    project: dict[str, str] = {}
    try:
        read_env_file(_PROJECT, os.environ, project)
        for file in (SHARED, own):
            read_env_file(file, {**project, **os.environ}, values)
    except EnvFileError as error:
        sentence = str(error).removeprefix(f"{ROOT}{os.sep}")
        raise CommandFailed(f"{sentence}; docs/settings.md says how these files are written") from error
    return values


def server_variables(broker: str, results: str = "") -> dict[str, str]:
    """The variables that name the server of the tasks, and that of the results where it is another one."""
    return {"JOBS_BROKER_URL": broker, "JOBS_RESULT_BACKEND": results or broker}
