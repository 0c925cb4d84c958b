"""The recipes of docs/frameworks.md do what they say, with the versions in its table."""

import re

import pytest

from tests.ecosystem.conftest import Shop, sections
from tests.ecosystem.pins import node_versions, python_versions
from tests.tutorial.pages import steps_in

pytestmark = pytest.mark.timeout(900)

RECIPES = [heading for heading, text in sections().items() if heading and steps_in(text)]
# What comes with another package of the table, or only builds its recipe.
COMPANIONS = {"uvicorn", "@nestjs/core", "@nestjs/platform-express", "@types/node", "react", "react-dom"}
COMPANIONS |= {"reflect-metadata", "rxjs", "typescript"}
NAMES = {"nestjs": "@nestjs/common"}


@pytest.mark.parametrize("heading", RECIPES)
def test_a_recipe_does_what_it_says(shop: Shop, heading: str) -> None:
    shop.follow(heading)


def test_the_table_has_the_pinned_versions() -> None:
    rows = re.findall(r"^\| (\S+) \| (\d\S*) \|", sections()["Tested versions"], re.MULTILINE)
    table = {NAMES.get(name.lower(), name.lower()): version for name, version in rows}

    pinned = python_versions() | node_versions()
    assert table == {name: version for name, version in pinned.items() if name not in COMPANIONS}
