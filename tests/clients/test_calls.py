"""Every signature is called from both clients against both workers: values and types on both ends."""

import json
from pathlib import Path

import pytest

from tests.clients.installed import Clients
from tests.clients.signatures import LANGUAGES, SHAPES, has
from tests.clients.values import VALUES
from tests.support.valkey import ValkeyServer

HERE = Path(__file__).parent
NAMES = [
    *(f"{language}.values.{name}" for language in LANGUAGES for name in VALUES),
    *(f"{language}.shapes.{name}" for language in LANGUAGES for name in SHAPES if has(language, name)),
]
Problems = dict[str, str]


@pytest.fixture(scope="module")
def from_python(clients: Clients, server: ValkeyServer) -> Problems:
    found: Problems = json.loads(clients.python(HERE / "calls.py", server.url, clients.package))
    return found


@pytest.fixture(scope="module")
def from_node(clients: Clients, server: ValkeyServer) -> Problems:
    cases = [
        {"path": [language, "values", name], "value": value.javascript, "seen": value.seen}
        for language in LANGUAGES
        for name, value in VALUES.items()
    ]
    cases += [
        {"path": [language, "shapes", name], "call": shape.javascript, "seen": shape.seen}
        for language in LANGUAGES
        for name, shape in SHAPES.items()
        if has(language, name)
    ]
    program = (HERE / "calls.mjs").read_text("utf-8")
    found: Problems = json.loads(
        clients.node_program(program, server.url, json.dumps(cases), "celery-js", clients.npm)
    )
    return found


def test_there_are_sixty_signatures() -> None:
    assert len(NAMES) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_a_call_from_python_arrives_and_comes_back(from_python: Problems, name: str) -> None:
    assert from_python[name] == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_call_from_node_arrives_and_comes_back(from_node: Problems, name: str) -> None:
    assert from_node[name] == ""
