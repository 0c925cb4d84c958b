"""What Docker Compose reads from environment files: `python -m tests.scripts.record_env_files`.

Asks the Compose on this machine about each text in env_files.json, and writes its answers there. It needs no
engine; arguments are another command than `docker compose`. A new case is a `{"text": ...}` in the file.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_name("env_files.json")
COMPOSE = ("docker", "compose")
PROJECT = {"services": {"one": {"image": "none", "env_file": ["first.env", "second.env"]}}}

# The environment of Compose, and the content of the first file.
GIVEN = {"HOST": "given", "EMPTY": "", "BOTH": "given"}
FIRST = "FIRST=of the first file\nBOTH=of the first file\n"


def ask(text: str, command: Sequence[str] = COMPOSE) -> dict[str, str] | None:
    """What Compose makes of FIRST and then this text; None when it refuses it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("first.env", FIRST), ("second.env", text)):
            Path(folder, name).write_bytes(content.encode())
        Path(folder, "docker-compose.yml").write_text(json.dumps(PROJECT))
        answer = subprocess.run(
            [*command, "config", "--format", "json"],
            cwd=folder,
            env={**_of_docker(), "HOME": folder, **GIVEN},
            capture_output=True,
            check=False,
        )
    if answer.returncode != 0:
        return None
    environment: dict[str, str] = json.loads(answer.stdout)["services"]["one"]["environment"]
    # It writes what it would read again, and has a variable without a name for a name that is cut off.
    return {name: value.replace("$$", "$") for name, value in environment.items() if name}


def _of_docker() -> dict[str, str]:
    """Where Docker is, and where it finds Compose: nothing else of this environment may be read."""
    return {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("DOCKER_")}


def recorded() -> dict[str, Any]:
    """The content of env_files.json: the version of Compose, and its answer to each text."""
    content: dict[str, Any] = json.loads(RECORDED.read_text("utf-8"))
    return content


def main() -> None:
    command = sys.argv[1:] or COMPOSE
    version = subprocess.run([*command, "version", "--short"], capture_output=True, text=True, check=True)
    texts = [case["text"] for case in recorded()["cases"]]
    cases = [{"text": text, "values": ask(text, command)} for text in texts]
    content = {"compose": version.stdout.strip(), "cases": cases}
    RECORDED.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
