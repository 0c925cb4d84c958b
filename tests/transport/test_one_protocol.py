"""Both packages ship the same scripts, and docs/delivery.md names exactly their keys and scripts."""

import json
import re
import subprocess
from pathlib import Path

from celery_reliable.keys import Keys

from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT

NODE_SCRIPTS = NODE_PROJECT / "celery-js" / "src" / "transport" / "redis" / "lua"
# The one script of chords that Python workers use too; for the others they have Celery's.
CHORD_ADD = NODE_PROJECT / "celery-js" / "src" / "backend" / "redis" / "lua" / "chord_add.lua"
PYTHON_SCRIPTS = PYTHON_PROJECT / "celery-reliable" / "celery_reliable" / "lua"
DELIVERY = ROOT / "docs" / "delivery.md"

# The placeholder for a name in the page's table, and kombu's separator between a queue and its step.
QUEUE, EXCHANGE, TASK_ID, SEPARATOR = "<queue>", "<exchange>", "<task id>", "\x06\x16"
# Kombu's own code writes these for Python, and Celery's result backend the last one.
OF_KOMBU = {f"_kombu.binding.{EXCHANGE}", f"_kombu.binding_permanent.{EXCHANGE}"}
OF_CELERY = {f"celery-task-meta-{TASK_ID}"}

NODE_KEYS = """
import { redisKeys, resultKeyPrefix } from "./celery-js/src/transport/redis/keys.js";
const { queue, dead, bindings, permanentBindings, fanout, steps, ...named } = redisKeys();
const lists = steps.map((step) => queue("<queue>", step));
const sets = [bindings("<exchange>"), permanentBindings("<exchange>")];
const others = [dead("<queue>"), ...sets, resultKeyPrefix("") + "<task id>"];
console.log(JSON.stringify([...Object.values(named), ...lists, ...others]));
"""


def test_both_packages_ship_the_same_scripts_byte_for_byte() -> None:
    ours = {path.name: path.read_bytes() for path in (*NODE_SCRIPTS.iterdir(), CHORD_ADD)}
    theirs = {path.name: path.read_bytes() for path in PYTHON_SCRIPTS.iterdir()}
    assert ours
    assert theirs == ours


def test_the_page_names_exactly_the_keys_of_the_node_package() -> None:
    command = ["node", "--input-type=module", "--eval", NODE_KEYS]
    output = subprocess.run(command, cwd=NODE_PROJECT, check=True, capture_output=True, text=True).stdout
    assert documented_keys() == set(json.loads(output))


def test_the_page_names_exactly_the_keys_of_the_python_package() -> None:
    keys = Keys()
    named = {getattr(keys, name) for name, kind in vars(Keys).items() if isinstance(kind, property)}
    lists = {keys.queue(QUEUE, step) for step in keys.steps}
    assert documented_keys() - OF_KOMBU - OF_CELERY == named | lists | {keys.dead(QUEUE)}


def test_script_headers_and_the_page_name_the_same_keys() -> None:
    mentioned = {
        name
        for path in NODE_SCRIPTS.iterdir()
        for name in re.findall(r"\b(?:unacked(?:_index)?|celery\.[a-z]+)\b", header_of(path))
    }
    queues_and_bindings = {key for key in documented_keys() if "<" in key}
    assert mentioned == documented_keys() - queues_and_bindings


def test_the_page_lists_every_script_and_no_other() -> None:
    assert {name for [name] in table("## Scripts")} == {path.stem for path in NODE_SCRIPTS.iterdir()}


def documented_keys() -> set[str]:
    """The keys in the page's table; a row may go on with what follows the last digit of its key."""
    keys: set[str] = set()
    for first, *more in table("## Keys"):
        key = first.replace("\\x06\\x16", SEPARATOR)
        keys.add(key)
        keys |= {key[:-1] + other.removeprefix("…") for other in more}
    return keys


def table(heading: str) -> list[list[str]]:
    """The code in the first column of the table below a heading of the page, row by row."""
    section = DELIVERY.read_text("utf-8").split(f"\n{heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return [re.findall(r"`([^`]+)`", row) for row in rows]


def header_of(path: Path) -> str:
    """The comment at a script's beginning."""
    return path.read_text("utf-8").split("\n\n")[0]
