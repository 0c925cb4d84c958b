"""``python -m celery_reliable.shell MODULE``: a Python shell with an app and its tasks.

Like ``celery shell``, and it shows the result of a task instead of its ``AsyncResult``. ``celery-js shell`` does the
same for an app in JavaScript. IPython is used if it is installed.
"""

import builtins
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import celery
from celery.result import AsyncResult, ResultSet

from celery_reliable.types import App, Module, Settings

RESULT_TIMEOUT_S = 30.0
KINDS = (AsyncResult, ResultSet)
CANVAS = ("chain", "chord", "group", "signature")


def symbols(app: App) -> Settings:
    """Return the names of a shell: the app, the canvas, and each task under its function's name.

    If two tasks share a function name, the first in alphabetical order gets it; ``app.tasks["full.name"]`` finds the
    other.
    """
    app.loader.import_default_modules()
    names: Settings = {"app": app, **{name: getattr(celery, name) for name in CANVAS}}
    for full_name in sorted(app.tasks):
        if not full_name.startswith("celery."):
            names.setdefault(full_name.rpartition(".")[2], app.tasks[full_name])
    return names


def greeting(names: Mapping[str, Any]) -> str:
    """Return the lines that a shell begins with."""
    tasks = {name: value.name for name, value in names.items() if isinstance(value, celery.Task)}
    width = max(map(len, tasks), default=0)
    own = (name for name in sorted(names["app"].tasks) if not name.startswith("celery."))
    nameless = [name for name in own if name not in tasks.values()]
    return "\n".join(
        [
            "The app is `app`. `add.delay(1, 2)` shows the task's result; `r = add.delay(1, 2)` keeps it.",
            *(f"  {name:<{width}}  {full_name}" for name, full_name in tasks.items()),
            *(f'  app.tasks["{full_name}"]' for full_name in nameless),
        ]
    )


def shown(value: object) -> object:
    """Return the value to show; for a sent task, its result.

    Raises:
        Exception: the task's error.
        celery.exceptions.TimeoutError: there is no result within 30 s.
    """
    return value.get(timeout=RESULT_TIMEOUT_S) if isinstance(value, KINDS) else value


def main() -> None:
    """Run the shell until the end of its input."""
    module, _, name = sys.argv[1].partition(":")
    names = symbols(getattr(import_module(module), name or "celery_app"))
    if find_spec("IPython"):
        _ipython_shell(names)
    else:
        _plain_shell(names)


def _ipython_shell(names: Settings) -> None:
    embed: Module = import_module("IPython.terminal.embed")

    shell = embed.InteractiveShellEmbed(user_ns=names, banner1="", banner2=greeting(names))
    formatter = shell.display_formatter.formatters["text/plain"]
    for kind in KINDS:
        formatter.for_type(kind, lambda result, printer, _cycle: printer.pretty(shown(result)))
    shell()


def _plain_shell(names: Settings) -> None:
    import code

    try:
        import readline
        import rlcompleter
    except ImportError:
        pass
    else:
        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    sys.displayhook = _show
    code.interact(banner=greeting(names), local=names, exitmsg="")


def _show(value: object) -> None:
    try:
        value = shown(value)
    except KeyboardInterrupt:
        print("KeyboardInterrupt: the task continues")
        return
    if value is not None:
        print(repr(value))
        builtins._ = value  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
