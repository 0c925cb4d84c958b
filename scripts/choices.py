"""`.template.json`: the version of the template that this clone has, and the choices of its team.

The commands record their choices here, and `make update` repeats them on other versions of the template.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from scripts import text_files
from scripts.failure import CommandFailed
from scripts.paths import TEMPLATE_FILE

_ALWAYS = {"source", "version"}
# By the type of an entry, for messages.
_KINDS: dict[type[Any], str] = {str: "a string", list: "a list", dict: "an object"}


@dataclass(frozen=True)
class Choices:
    """The contents of the file.

    `source` is the template's repository and `version` its version; `commit` is the template's commit of the
    last update. `name` and `keep` come from `make rename`, `stripped` from `make strip`, `published`
    (package -> version or archive) from `make use-published`. Tasks whose names begin with one of
    `removed_tasks` came with the template, so no service misses them.
    """

    source: str = ""
    version: str = ""
    commit: str = ""
    name: str = ""
    keep: list[str] = field(default_factory=list)
    stripped: list[str] = field(default_factory=list)
    removed_tasks: list[str] = field(default_factory=list)
    published: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Returns the file's text: empty values are left out."""
        values = {name: value for name, value in asdict(self).items() if value or name in _ALWAYS}
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def read() -> Choices:
    """Reads the file; without one, nothing has been chosen. Raises CommandFailed when it is invalid."""
    if not TEMPLATE_FILE.exists():
        return Choices()
    return parse(text_files.read(TEMPLATE_FILE))


def parse(text: str) -> Choices:
    """Reads the text of the file. Raises CommandFailed when it is invalid."""
    try:
        values: Any = json.loads(text)
        unknown = sorted(values.keys() - {entry.name for entry in fields(Choices)})
    except (ValueError, AttributeError) as error:
        raise CommandFailed(f"{TEMPLATE_FILE.name} is not a JSON object: {error}") from error
    if unknown:
        raise CommandFailed(f"{TEMPLATE_FILE.name} has unknown entries: {', '.join(unknown)}")
    for entry in fields(Choices):
        default = getattr(Choices(), entry.name)
        if not isinstance(values.get(entry.name, default), type(default)):
            raise CommandFailed(f"{TEMPLATE_FILE.name}: {entry.name} must be {_KINDS[type(default)]}")
    return Choices(**values)
