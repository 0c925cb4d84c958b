"""The health check of a container says in one line what is wrong."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import environment_for
from tests.processes import Server, free_port

PROJECT = Path(__file__).resolve().parents[1]


def test_a_full_server_is_one_line(tmp_path: Path) -> None:
    with Server(tmp_path, free_port(), "--maxmemory", "1", "--maxmemory-policy", "noeviction") as full:
        done = subprocess.run(
            [sys.executable, "-m", "py_workers.health"],
            cwd=PROJECT,
            env=environment_for(full.url),
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith(
        "the server refuses to pass on the question: command not allowed when used memory > "
    )
