"""Finds the task modules, so that a new module needs no entry in a list.

Guarantee: a worker has every task of the package, or does not start. Importing waits until Celery loads its
default modules (``celery.loaders.base.BaseLoader.import_default_modules``), which a worker does and a client
does not: so a task module may import the app that discovers it, and a client imports only what it needs.
"""

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from celery import Celery
from celery.signals import import_modules

# Files that may have tasks but cannot be imported as modules.
_NO_MODULES = {
    ".ipynb": "a notebook is not a module; put its tasks into a .py file",
    ".py": "rename it to .py, in lower case",
    ".pyw": "rename it to .py",
}


class TaskImportError(SystemExit):
    """Raised when a task module cannot be imported, with one line that names file, line and reason.

    A ``SystemExit``, because Celery would print any other exception with its own traceback around it; this
    one stops the worker with its line on stderr and exit code 1.
    """


def discover_tasks(app: Celery, package: str) -> None:
    """Make ``app`` import every task module below ``package`` when a worker starts.

    Mirrors ``Celery.autodiscover_tasks``, which looks for one module name in a list of packages.
    """

    def import_task_modules(**_: object) -> None:
        for module, file in task_modules(package).items():
            import_task_module(module, file)

    import_modules.connect(import_task_modules, sender=app, weak=False)


def task_modules(package: str) -> dict[str, Path]:
    """Return module name -> file of every task module below ``package``, in the order of their names.

    Folders need no ``__init__.py``; links are followed. Names with a leading underscore or dot and tests are
    skipped. Other files that may have tasks and are not read are named on stderr.

    Raises:
        TaskImportError: the folder does not exist, or its ``__init__.py`` cannot be imported.
    """
    found: dict[str, Path] = {}
    for folder in _folders(package):
        for file in _files(Path(folder), ()):
            parts = file.relative_to(folder).with_suffix("").parts
            if parts[-1] == "__init__":
                parts = parts[:-1]
            if parts:
                found[".".join((package, *parts))] = file
    return dict(sorted(found.items()))


def _folders(package: str) -> list[str]:
    """Import a package; return where its files are. A module has none."""
    parent, _, name = package.rpartition(".")
    above = _folders(parent) if parent else [""]
    spec = importlib.util.find_spec(package)
    if spec is None:
        reason = f"there is no such folder; discover_tasks looks for tasks in {package}"
        raise TaskImportError(f"{Path(above[0], name)}: {reason}")
    folders = list(spec.submodule_search_locations or ())
    import_task_module(package, Path(spec.origin or folders[0]))
    return folders


def _files(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    above = (*above, folder.resolve())
    for path in sorted(folder.iterdir()):
        if path.name != "__init__.py" and _is_left_out(path.stem):
            continue
        if path.is_dir():
            if path.resolve() not in above:
                yield from _files(path, above)
            else:
                _name_skipped(path, "the link leads back to a folder above it")
        elif path.suffix == ".py":
            yield path
        elif path.suffix.lower() in _NO_MODULES:
            _name_skipped(path, _NO_MODULES[path.suffix.lower()])


def _name_skipped(path: Path, why: str) -> None:
    print(f"{path} is not read: {why}", file=sys.stderr)


def import_task_module(module: str, file: Path) -> None:
    """Import one task module.

    Raises:
        TaskImportError: whatever the module raised, a call of ``sys.exit`` included.
    """
    try:
        importlib.import_module(module)
    except (Exception, SystemExit) as error:
        raise _import_error(error, module, file) from error


def _import_error(error: BaseException, module: str, file: Path) -> TaskImportError:
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return TaskImportError(f"{_place(error, module, file)}: cannot import the task module {module}: {reason}")


def _is_left_out(name: str) -> bool:
    return name.startswith(("_", ".", "test_")) or name.endswith("_test") or name in {"tests", "conftest"}


def _place(error: BaseException, module: str, file: Path) -> str:
    """Return "file:line" of the error's last step in the project's own code, where its author looks first."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_file():
        return f"{error.filename}:{error.lineno}"
    top = sys.modules.get(module.partition(".")[0])
    project = tuple(top.__path__) if top else str(file)  # its own __init__.py failed
    steps = [step for step in traceback.extract_tb(error.__traceback__) if step.filename.startswith(project)]
    own_code = [step for step in steps if not Path(step.filename).samefile(__file__)]
    return f"{own_code[-1].filename}:{own_code[-1].lineno}" if own_code else str(file)
