"""`make new-task`: writes a task module and its test."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from string import Template

from scripts import environment, languages, task_names
from scripts.console import Console
from scripts.failure import CommandFailed
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT
from scripts.requirements import node_version, typescript_problem

TEMPLATES = Path(__file__).with_name("templates")
# The values of lang= in this clone: a language, or `ts` for a task of Node in TypeScript.
LANGUAGES = (*languages.PRESENT, *(("ts",) if languages.NODE in languages.PRESENT else ()))
USAGE = f"make new-task lang={'|'.join(LANGUAGES)} team=TEAM name=NAME"
EXAMPLE = f"make new-task lang={next(iter(LANGUAGES), languages.PYTHON)} team=billing name=send_invoice"


class _Template(Template):
    """Uses `%name`, because `$` has a meaning in JavaScript and `@` in both languages."""

    delimiter = "%"


def run(console: Console, lang: str, team: str, name: str) -> None:
    """Writes the module and its test, and prints how to call the task.

    Raises CommandFailed, with nothing written, when a value is missing or wrong or a file exists.
    """
    _check(lang, team, name)
    files = _python_files(team, name) if lang == "python" else _node_files(lang, team, name)
    _check_free(lang, team, name, files)
    words = {"team": team, "name": name, "export": task_names.exported_name(name)}
    sources = {file: _Template(source).substitute(words) for file, source in files.items()}
    for file in _write(sources):
        console.note("created", str(file.relative_to(ROOT)))
    _say_how_to_call(console, lang, words)


def _check(lang: str, team: str, name: str) -> None:
    given = {"lang": lang, "team": team, "name": name}
    missing = [f"{variable}=" for variable, value in given.items() if not value]
    if missing:
        raise CommandFailed(f"missing {' and '.join(missing)}: use {USAGE}, for example {EXAMPLE}")
    if lang not in LANGUAGES:
        raise CommandFailed(f"invalid lang={lang}: use {_choice(LANGUAGES)}")
    problems = (task_names.problem(variable, given[variable], lang) for variable in ("team", "name"))
    problem = next(filter(None, problems), "")
    problem = problem or (typescript_problem(node_version()) if lang == "ts" else "")
    if problem:
        raise CommandFailed(problem)


def _choice(words: Sequence[str]) -> str:
    """Returns `python`, or `node or ts`, or `python, node or ts`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _python_files(team: str, name: str) -> dict[Path, str]:
    """Returns file -> template.

    Each folder has an `__init__.py`, as mypy needs it if two modules have the same name.
    """
    tasks, tests = PYTHON_PROJECT / "py_workers" / "tasks", PYTHON_PROJECT / "tests" / "tasks"
    folders = {
        tasks / team / "__init__.py": '"""The tasks of the team "%team"."""\n',
        tests / "__init__.py": '"""Tests of the tasks: one folder a team."""\n',
        tests / team / "__init__.py": '"""Tests of the tasks of the team "%team"."""\n',
    }
    return {
        tasks / team / f"{name}.py": _template("task.py.txt"),
        tests / team / f"test_{name}.py": _template("test_task.py.txt"),
    } | {file: source for file, source in folders.items() if not file.exists()}


def _node_files(lang: str, team: str, name: str) -> dict[Path, str]:
    """Returns file -> template, in JavaScript or in TypeScript."""
    ext = "ts" if lang == "ts" else "js"
    return {
        NODE_PROJECT / "js_workers" / "tasks" / team / f"{name}.{ext}": _template(f"task.{ext}.txt"),
        NODE_PROJECT / "tests" / "tasks" / team / f"{name}.test.{ext}": _template(f"task.test.{ext}.txt"),
    }


def _template(file: str) -> str:
    return (TEMPLATES / file).read_text("utf-8")


def _check_free(lang: str, team: str, name: str, files: dict[Path, str]) -> None:
    """Raises CommandFailed if a file exists, or a folder or file would hide the new module or its task."""
    tasks = (PYTHON_PROJECT / "py_workers" if lang == "python" else NODE_PROJECT / "js_workers") / "tasks"
    rivals = [*(tasks / team).glob(f"{name}.*"), tasks / team / name, tasks / f"{team}.py"]
    for file in [*files, *rivals]:
        if file.exists():
            raise CommandFailed(f"{file.relative_to(ROOT)} exists already: nothing was written")


def _write(sources: dict[Path, str]) -> list[Path]:
    """Writes all files, or none if one of them cannot be written."""
    written: list[Path] = []
    try:
        for file, source in sources.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as opened:
                written.append(file)
                opened.write(source)
    except OSError as error:
        for file in written:
            with suppress(OSError):
                file.unlink()
        raise CommandFailed(f"the files cannot be written: {error}") from error
    return written


def _say_how_to_call(console: Console, lang: str, words: dict[str, str]) -> None:
    package, function = ("py_workers", "name") if lang == "python" else ("js_workers", "export")
    task = f"{package}.tasks.{words['team']}.{words['name']}.{words[function]}"
    console.line()
    console.line(f"The task's name is {task}: the file's path, then the function.")
    console.line(f"Its queue is {_queue(task)}, from JOBS_TASK_ROUTES.")
    console.line(_Template(_template("calls.txt")).substitute(task=task).rstrip())


def _queue(task: str) -> str:
    """Returns the task's queue: by its full name, else by the first matching pattern (docs/settings.md)."""
    variables = environment.files(environment.SHARED) | dict(os.environ)
    return environment.queue_of(task, variables)
