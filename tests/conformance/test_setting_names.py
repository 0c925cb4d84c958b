"""Every setting of the installed Celery is known to celery-js, which takes it or says why not."""

import json
import re
import subprocess
from typing import Any

import pytest
from celery.app import defaults

from scripts.paths import NODE_PROJECT

SOURCES = NODE_PROJECT / "celery-js" / "src"

# Prints the names in celery-js's tables, and what it finds behind the names in standard input.
SCRIPT = f"""
import {{ readFileSync }} from "node:fs";
import {{ SETTINGS }} from "{SOURCES}/settings.js";
import {{ REFUSED_SETTINGS, whyRefused }} from "{SOURCES}/validation/refused-settings.js";
import {{ settingMeant }} from "{SOURCES}/validation/resolve-settings.js";
const isKnown = (name) => Object.hasOwn(SETTINGS, name) || whyRefused(name) !== null;
const meant = JSON.parse(readFileSync(0, "utf8")).map((name) => [name, settingMeant(name, isKnown)]);
const taken = Object.keys(SETTINGS);
const refused = REFUSED_SETTINGS.flatMap(({{ names }}) => names);
console.log(JSON.stringify({{ taken, refused, meant: Object.fromEntries(meant) }}));
"""

NEW_NAMES = sorted(defaults.SETTING_KEYS)
#: Celery's table of old names, which it makes from the options.
OLD_NAMES: dict[str, str] = vars(defaults)["_TO_NEW_KEY"]


def camel_case(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    """What celery-js knows."""
    django = [f"CELERY_{name.upper()}" for name in NEW_NAMES]
    names = json.dumps([*NEW_NAMES, *OLD_NAMES, *django])
    command = ["node", "--input-type=module", "-e", SCRIPT]
    printed = subprocess.run(command, input=names, capture_output=True, text=True, check=True).stdout
    read: dict[str, Any] = json.loads(printed)
    return read


def test_every_setting_of_celery_is_taken_or_refused_with_a_reason(tables: dict[str, Any]) -> None:
    """A new one belongs into settings.js, fixed-settings.js or refused-settings.js."""
    known = [*tables["taken"], *tables["refused"]]
    assert [name for name in map(camel_case, NEW_NAMES) if known.count(name) != 1] == []


def test_only_settings_of_celery_are_refused_by_name(tables: dict[str, Any]) -> None:
    assert sorted(set(tables["refused"]) - {camel_case(name) for name in NEW_NAMES}) == []


def test_celerys_spellings_are_understood(tables: dict[str, Any]) -> None:
    spelled = {name: name for name in NEW_NAMES} | OLD_NAMES
    wrong = {
        old: tables["meant"][old] for old, new in spelled.items() if tables["meant"][old] != camel_case(new)
    }
    assert wrong == {}


def test_names_with_djangos_prefix_are_understood(tables: dict[str, Any]) -> None:
    names = [name for name in NEW_NAMES if f"CELERY_{name.upper()}" not in OLD_NAMES]
    wrong = [name for name in names if tables["meant"][f"CELERY_{name.upper()}"] != camel_case(name)]
    assert wrong == []
