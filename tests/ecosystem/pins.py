"""The pinned versions: requirements.txt and package.json of this folder."""

import json
import re
from pathlib import Path

FOLDER = Path(__file__).parent
REQUIREMENTS = FOLDER / "requirements.txt"


def python_versions() -> dict[str, str]:
    """Name -> version, in small letters."""
    lines = REQUIREMENTS.read_text("utf-8").splitlines()
    pairs = (line.lower().split("==") for line in lines if line and not line.startswith("#"))
    return dict(pairs)


def node_versions() -> dict[str, str]:
    """Name -> version."""
    versions: dict[str, str] = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]
    return versions


def with_pins(line: str) -> str:
    """Adds the versions to the packages of an `npm install`; for pip, PIP_CONSTRAINT does that."""
    versions = node_versions()
    command, install, packages = line.partition("npm install ")

    def pinned(match: re.Match[str]) -> str:
        name = match[0]
        assert name.startswith(("-", "./")) or name in versions, f"package.json pins no version of {name}"
        return f"{name}@{versions[name]}" if name in versions else name

    return command + install + re.sub(r"[^\s)]+", pinned, packages)
