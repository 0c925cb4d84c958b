"""Places each task in a client: `py_workers.tasks.mail.send` becomes `jobs.py.mail.send`."""

import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_PREFIXES = {"python": "py", "javascript": "js"}


@dataclass
class Folder:
    """A folder or a module of tasks; both by the name that they have in the client."""

    path: tuple[str, ...] = ()
    folders: dict[str, "Folder"] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)

    def below(self) -> Iterator["Folder"]:
        """Yields the folders below this one and then this one, so that each comes after its parts."""
        for folder in self.folders.values():
            yield from folder.below()
        yield self


def tree(tasks: Mapping[str, Any], reserved: Collection[str] = (), of_tasks: Collection[str] = ()) -> Folder:
    """Returns the folders with the tasks. `reserved` names get an underscore, those `of_tasks` as a task."""
    root = Folder()
    paths = _paths(tasks)
    for name, path in sorted(paths.items(), key=lambda item: (len(item[1]), item[1], item[0])):
        folder = root
        for part in path[:-1]:
            known = identifier(part, reserved)
            folder = folder.folders.setdefault(known, Folder((*folder.path, known)))
        folder.tasks[name] = path[-1]
    for folder in root.below():
        _name_tasks(folder, {*reserved, *of_tasks})
    return root


def _name_tasks(folder: Folder, reserved: Collection[str]) -> None:
    """Turns task -> last part into name -> task; the later of two equal names gets an underscore."""
    taken = set(folder.folders)
    named: dict[str, str] = {}
    for task, part in sorted(folder.tasks.items(), key=lambda item: (item[1], item[0])):
        name = unique(identifier(part, reserved), taken)
        named[name] = task
    folder.tasks = dict(sorted(named.items()))
    folder.folders = dict(sorted(folder.folders.items()))


def _paths(tasks: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The app's name and `tasks` are left out, unless two tasks would then be the same."""
    short = {name: (_PREFIXES[task["language"]], *_short(name)) for name, task in tasks.items()}
    counts = Counter(short.values())
    return {name: path if counts[path] == 1 else (path[0], *name.split(".")) for name, path in short.items()}


def _short(name: str) -> list[str]:
    parts = name.split(".")
    return parts[2:] if len(parts) > 2 and parts[1] == "tasks" else parts


def identifier(text: str, reserved: Collection[str] = ()) -> str:
    """Returns a name that is valid in both languages, followed by an underscore if it is reserved."""
    # Python reads names in this form. Names that begin with an underscore belong to the package.
    given = unicodedata.normalize("NFKC", text)
    words = "".join(each if f"a{each}".isidentifier() else " " for each in given).strip()
    name = words.replace(" ", "_").lstrip("_")
    if not name or not name.isidentifier():
        name = f"n{name}"
    is_private = text.startswith("_") and not name.endswith("_")
    return f"{name}_" if is_private or name in reserved else name


def unique(name: str, taken: set[str]) -> str:
    """Returns the name with as many underscores as make it new, and adds it to the taken ones."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def numbered(name: str, taken: set[str]) -> str:
    """Returns the name, followed by a number if it is taken, and adds it to the taken ones."""
    new, count = name, 2
    while new in taken:
        new, count = f"{name}{count}", count + 1
    taken.add(new)
    return new


def camel(parts: Iterable[str]) -> str:
    """Returns `JsReportsPdf` for js, reports, pdf."""
    words = [word for part in parts for word in re.split(r"[^\w]|_", part) if word]
    return "".join(word[0].upper() + word[1:] for word in words)


def definitions(catalogue: Mapping[str, Any], taken: set[str]) -> dict[str, str]:
    """Returns the name in the client of each of the catalogue's `$defs`."""
    return {
        name: unique(identifier(name, keyword.kwlist), taken) for name in sorted(catalogue.get("$defs", {}))
    }
