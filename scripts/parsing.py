"""Finds syntax errors in source files, without running them."""

import json
import re
import subprocess
from pathlib import Path

from scripts.paths import ROOT

ANSWERS_WITHIN_S = 10

# The first line of Node's message about a syntax error: the file and the line.
_NODE_PLACE = re.compile(r"^(?:file://)?(?:/.+)?:(\d+)$", re.MULTILINE)
_NODE_ERROR = re.compile(r"^\w*Error\b.*$", re.MULTILINE)
_NODE_CODE = re.compile(r" \[ERR_\w+\]")
# `node --check` does not know TypeScript. A Node that does not run it has no such function.
_TYPESCRIPT_CHECK = """
import { readFileSync } from "node:fs";
import module from "node:module";
module.stripTypeScriptTypes?.(readFileSync(process.argv[1], "utf8"));
"""


def syntax_error(file: Path) -> str | None:
    """Returns the file, line and message of a file's syntax error; None if it has none or is gone."""
    try:
        if file.suffix == ".py":
            return _python_error(file)
        return _json_error(file) if file.suffix == ".json" else _node_error(file)
    except FileNotFoundError:
        return None


def _python_error(file: Path) -> str | None:
    try:
        compile(file.read_bytes(), file, "exec", dont_inherit=True)
    except SyntaxError as error:
        return _sentence(file, error.lineno or 1, f"{type(error).__name__}: {error.msg}")
    except ValueError as error:  # a file with null bytes, in Python 3.11
        return _sentence(file, 1, str(error))
    return None


def _json_error(file: Path) -> str | None:
    try:
        json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        return _sentence(file, error.lineno, f"SyntaxError: {error.msg}")
    except UnicodeDecodeError as error:
        return _sentence(file, 1, str(error))
    return None


def _node_error(file: Path) -> str | None:
    if not file.exists():
        return None
    is_typescript = file.suffix in (".ts", ".mts", ".cts")
    program = ["--no-warnings", "--input-type=module", "-e", _TYPESCRIPT_CHECK]
    check = program if is_typescript else ["--check"]
    try:
        answer = subprocess.run(
            ["node", *check, file],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWERS_WITHIN_S,
        )
    except subprocess.TimeoutExpired:
        return None
    error = _NODE_ERROR.search(answer.stderr)
    # Other failures, such as a kind of file that this Node cannot check, are left to the worker.
    if answer.returncode == 0 or error is None or not error[0].startswith("SyntaxError"):
        return None
    place = _NODE_PLACE.search(answer.stderr)
    return _sentence(file, int(place[1]) if place else 1, _NODE_CODE.sub("", error[0]))


def _sentence(file: Path, line: int, message: str) -> str:
    shown = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
    return f"{shown}:{line}: {message}"
