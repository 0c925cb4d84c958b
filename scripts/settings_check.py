"""Checks the settings of both languages with the workers' code, before anything starts."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from scripts import environment, languages
from scripts.failure import CommandFailed
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, VENV_PYTHON
from scripts.processes import Command
from scripts.steps import Workbench

PYTHON = "from py_workers.config import celery_settings; celery_settings()"
NODE = """
import { celerySettings } from "./js_workers/config.js";
import { run } from "celery-js/program";
await run(async () => celerySettings());
"""


def check(bench: Workbench, server: Mapping[str, str]) -> None:
    """Raises CommandFailed with the lines that the workers would print for wrong settings."""
    programs: dict[str, tuple[Command, Path]] = {
        "python": ([VENV_PYTHON, "-c", PYTHON], PYTHON_PROJECT),
        "node": (["node", "--input-type=module", "--eval", NODE], NODE_PROJECT),
    }
    lines: dict[str, None] = {}
    # A temporary folder, as another command may check the same clone at the same time.
    with tempfile.TemporaryDirectory() as folder:
        started = [
            bench.group.start(
                f"{language} settings",
                command,
                cwd=cwd,
                env=environment.for_workers(server, environment.OWN_FILES[language]),
                log=Path(folder, f"{language}.log"),
            )
            for language, (command, cwd) in programs.items()
            if language in languages.PRESENT
        ]
        while any(process.exit_code is None for process in started):
            bench.interruption.sleep()
        for process in started:
            if process.exit_code != 0 and process.log is not None:
                lines |= dict.fromkeys(process.log.read_text("utf-8", "replace").strip().splitlines())
    if lines:
        *others, last = lines
        raise CommandFailed(last, "\n".join(others))
