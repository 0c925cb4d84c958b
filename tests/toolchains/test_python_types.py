"""The types of Python tasks in pyright; `make lint` checks the same file in mypy."""

import json
from pathlib import Path

from scripts.paths import PYTHON_PROJECT
from tests.support.npm_package import run
from tests.toolchains.conftest import TOOLS

TYPED_CALLS = "python/celery-reliable/tests/typed_calls.py"


def pyright(folder: Path, files: list[str]) -> tuple[int, str]:
    """Checks files below a folder that has a link to python/."""
    config = {
        "include": files,
        "extraPaths": ["python", "python/celery-reliable"],
        "pythonVersion": "3.11",
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": "error",
        "venvPath": "python",
        "venv": ".venv",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(config))
    done = run(["node", TOOLS / "pyright" / "index.js", "-p", "."], folder)
    return done.returncode, done.stdout


def test_pyright_accepts_and_refuses_the_same_calls_as_mypy(tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(PYTHON_PROJECT)
    wrong = tmp_path / "wrong.py"
    wrong.write_text('from py_workers.tasks.example.arithmetic import add\n\nadd.delay("a", 2)\n')

    assert pyright(tmp_path, [TYPED_CALLS]) == (0, "0 errors, 0 warnings, 0 informations\n")
    code, output = pyright(tmp_path, ["wrong.py"])

    assert code == 1
    assert "wrong.py:3:11 - error: Argument of type" in output
