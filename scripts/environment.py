"""The environment of the workers and clients: the files in configmaps/, then the user's, then the server."""

import os
from pathlib import Path

from scripts.paths import CONFIGMAPS

SHARED = CONFIGMAPS / "shared.env"
PYTHON_ONLY = CONFIGMAPS / "pyenvs" / "local.env"
NODE_ONLY = CONFIGMAPS / "jsenvs" / "local.env"


# Celery prefers these names, and all that begin with CELERY_, to an app's own settings.
_RIVALS = ("BROKER_URL", "RESULT_BACKEND", "LOADER", "CONFIG_MODULE")


def for_workers(url: str, own: Path) -> dict[str, str]:
    """The environment of one language's processes on the server `url`, with that language's own file."""
    given = {
        name: value
        for name, value in os.environ.items()
        if not (name in _RIVALS or name.startswith("CELERY_"))
    }
    return {**read_env_file(SHARED), **read_env_file(own), **given, **server_variables(url)}


def server_variables(url: str) -> dict[str, str]:
    """The variables that name the server."""
    return {"JOBS_BROKER_URL": url, "JOBS_RESULT_BACKEND": url}


def read_env_file(file: Path) -> dict[str, str]:
    """Reads lines of NAME=value, skipping blank ones and those that begin with #; a missing file is empty."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in map(str.strip, lines) if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}
