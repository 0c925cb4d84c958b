"""Texts that no file can contain, types that share a name: each works, or gets one line with its place."""

from tests.scripts.contracts.conftest import Clone

MINE = "py_workers.tasks.team.mine"
JS_MINE = "js_workers.tasks.team.mine"


def test_half_a_character_in_a_default_gets_one_line(clone: Clone) -> None:
    clone.node_task('\n/** @returns {void} */\nexport const half = (a = "\\ud83d") => void a;\n')

    exit_code, output = clone.contracts()

    assert exit_code == 1
    place = "node/js_workers/tasks/team/mine.js:3"
    assert f"{place}: a text of the task '{JS_MINE}.half' has half a character, '\\ud83d'" in output
    assert "Traceback" not in output


def test_types_and_fields_of_one_name_are_kept_apart(clone: Clone) -> None:
    clone.python_task(
        """
from dataclasses import dataclass
from enum import StrEnum

class Kind(StrEnum):
    A = "a"

@dataclass
class Setting:
    default: Kind
    enum: Kind | None = None

def other():
    @dataclass
    class Setting:
        size: int
    return Setting

Other = other()

@celery_app.task
def both(a: Setting, b: Other) -> None: ...
"""
    )
    clone.python_task(
        "import enum\nKind = enum.StrEnum('Kind', ['B'])\n@celery_app.task\ndef use(a: Kind) -> None: ...\n",
        "later",
    )

    exit_code, output = clone.contracts()

    assert exit_code == 0, output
    definitions = clone.catalogue()["$defs"]
    references = [each["schema"]["$ref"].split("/")[-1] for each in clone.task(f"{MINE}.both")["parameters"]]
    first, second = (definitions[name] for name in references)
    assert (list(first["properties"]), list(second["properties"])) == (["default", "enum"], ["size"])
    assert first["properties"]["default"] == {"$ref": "#/$defs/PyTeamMineKind"}
    assert definitions["PyTeamMineKind"] != definitions["PyTeamLaterKind"]
