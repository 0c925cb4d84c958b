"""Lets each language's package describe its tasks: `celery_reliable.contracts`, `celery-js/contracts`."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import environment
from scripts.failure import CommandFailed
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV_PYTHON
from scripts.processes import Command

Json = dict[str, Any]

PYTHON_TASKS = PYTHON_PROJECT / "py_workers"
NODE_TASKS = NODE_PROJECT / "js_workers"
# The readers run in the folders of their languages, and name files from there.
_FOLDERS = {"py_workers/": "python/py_workers/", "js_workers/": "node/js_workers/"}
_TASK_FILE = re.compile(r"(?<![\w/.-])(?:py|js)_workers/")
_NODE_READER = Path(__file__).with_name("describe.mjs")


@dataclass(frozen=True)
class Description:
    """One task as its language's package describes it; the texts are lines that begin with "file:line: "."""

    place: str
    task: Json
    inputs: Json
    outputs: Json
    undescribed: list[str]
    notes: list[str]


def read_tasks(on_skipped: Callable[[str], None]) -> dict[str, Description]:
    """Returns task name -> description of the tasks of each language whose folder exists.

    `on_skipped` gets a sentence for each file that may have tasks and is not read.

    Raises CommandFailed, with one line for each language that cannot be read.
    """
    # Without the user's JOBS_*, because the catalogue must be the same on every machine.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("JOBS_", "CELERY_"))}
    programs = {
        "python": _start(
            "python", [VENV_PYTHON, "-m", "celery_reliable.contracts", "py_workers.worker"], env
        ),
        "node": _start("node", ["node", _NODE_READER], env),
    }
    outputs = {language: program.communicate() for language, program in programs.items() if program}
    failures = [
        _last_line(error) for language, (_, error) in outputs.items() if _code(programs[language]) != 0
    ]
    if failures:
        raise CommandFailed("\n".join(failures))
    found: dict[str, Description] = {}
    for text, said in outputs.values():
        for line in filter(_is_about_skipped, said.splitlines()):
            on_skipped(_short(line))
        for name, task in json.loads(text).items():
            description = Description(**_with_short_places(task))
            _refuse_half_characters(name, description)
            if name in found:
                first = found[name].place
                raise CommandFailed(
                    f"{description.place}: the task name {name} is taken by {first}: rename one of them"
                )
            found[name] = description
    return found


def _refuse_half_characters(name: str, description: Description) -> None:
    try:
        name.encode()
        json.dumps([description.task, description.inputs, description.outputs], ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])
        raise CommandFailed(
            f"{description.place}: a text of the task {name!a} has half a character, {half}, "
            "which no file can contain: write another text"
        ) from error


def _start(language: str, command: Command, env: Mapping[str, str]) -> subprocess.Popen[str] | None:
    """Starts a reader; None in a clone without this language."""
    if not (PYTHON_TASKS if language == "python" else NODE_TASKS).is_dir():
        return None
    return subprocess.Popen(
        [str(word) for word in command],
        cwd=environment.PROJECTS[language],
        env={**env, **environment.files(environment.OWN_FILES[language])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _code(program: subprocess.Popen[str] | None) -> int | None:
    return program.returncode if program else 0


def is_about_node(skipped: str) -> bool:
    """Tells whether a sentence is about a task file that a newer Node reads."""
    return " is not read: it needs Node " in skipped


def module_in(skipped: str) -> str:
    """Returns the module that a sentence is about: js_workers.tasks.a for node/js_workers/tasks/a.ts."""
    file = Path(skipped.partition(" is not read: ")[0])
    return ".".join(file.with_suffix("").parts[1:])


def _is_about_skipped(line: str) -> bool:
    return " is not read: " in line


def _last_line(error: str) -> str:
    """Returns the line that names the cause: the last one of a Python traceback, too."""
    lines = [line for line in error.strip().splitlines() if line.strip() and not line.startswith("Node.js v")]
    return _short(lines[-1]) if lines else "a program that reads tasks ended without a message"


def _short(line: str) -> str:
    """Returns the line with paths that begin at the root of the repository."""
    return _TASK_FILE.sub(lambda match: _FOLDERS[match[0]], line.replace(f"{ROOT}{os.sep}", ""))


def _with_short_places(task: Json) -> Json:
    lines = {kind: list(map(_short, task[kind])) for kind in ("undescribed", "notes")}
    return {**task, **lines, "place": _short(task["place"])}
