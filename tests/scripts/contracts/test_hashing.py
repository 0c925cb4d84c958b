"""A task's hash changes with what it takes and gives, and with nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scripts.contracts.hashing import contract_hash, hashes
from tests.scripts.contracts.test_breaking import (
    CASES,
    INTEGER,
    STRING,
    TASK,
    contract,
    line,
    pages,
    parameter,
    parameters,
)

Json = dict[str, Any]
Change = Callable[[Json], object]


def rename_definition(after: Json) -> None:
    after["$defs"]["PyReportsPdfLine"] = after["$defs"].pop("Line")
    parameters(after)[2]["schema"]["items"]["$ref"] = "#/$defs/PyReportsPdfLine"


def field_called(name: str) -> Change:
    """Adds a field that has the name of a keyword that is left out elsewhere."""
    return lambda after: pages(after)["properties"].update({name: STRING})


HARMLESS: dict[str, Change] = {
    "a sentence": lambda after: after["tasks"][TASK].update(doc="Another sentence."),
    "a deprecation": lambda after: after["tasks"][TASK].update(deprecated="Use another one."),
    "limits": lambda after: after["tasks"][TASK].update(max_retries=9, time_limit_s=5, soft_time_limit_s=4),
    "a default": lambda after: parameters(after)[3].update(default=True),
    "the description of a type": lambda after: pages(after).update(description="Another one."),
    "the description of a field": lambda after: line(after)["properties"].update(
        product={**STRING, "description": "Its number."}
    ),
    "the name of a type": rename_definition,
    "the order of keywords": lambda after: parameters(after).insert(3, parameters(after).pop()),
    "the order of fields": lambda after: pages(after).update(required=["state", "pages"]),
    "the order of choices": lambda after: pages(after)["properties"]["state"].update(enum=["done", "new"]),
    "an unused type": lambda after: after["$defs"].update(Other=STRING),
    "another task": lambda after: after["tasks"].update(other=copy.deepcopy(after["tasks"][TASK])),
}
RELEVANT: dict[str, Change] = {
    "a queue": lambda after: after["tasks"][TASK].update(queue="gpu-queue"),
    "a new optional parameter": lambda after: parameters(after).append(
        parameter("day", STRING, "keyword_only", required=False)
    ),
    "a new type of progress": lambda after: after["tasks"][TASK].update(progress=INTEGER),
    **{f"a field called {name}": field_called(name) for name in ("title", "description", "default")},
}


def hash_after(change: Change) -> str:
    after = copy.deepcopy(contract())
    change(after)
    return hashes(after)[TASK]


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_breaks_no_client_keeps_the_hash(change: Change) -> None:
    assert hash_after(change) == hashes(contract())[TASK]


@pytest.mark.parametrize("change", RELEVANT.values(), ids=RELEVANT)
def test_what_a_client_should_know_changes_the_hash(change: Change) -> None:
    assert hash_after(change) != hashes(contract())[TASK]


@pytest.mark.parametrize("rule", [rule for rule in CASES if rule != "task-removed"])
def test_each_breaking_change_changes_the_hash(rule: str) -> None:
    for change in CASES[rule][0]:
        assert hash_after(change) != hashes(contract())[TASK]


def test_recursive_types_have_a_hash() -> None:
    def recursive(name: str) -> Json:
        after = contract()
        after["$defs"]["Line"]["properties"]["next"] = {"$ref": f"#/$defs/{name}"}
        return hashes(after)

    assert recursive("Line") != hashes(contract())
    assert recursive("Line") != recursive("Pages")


def test_the_contract_has_the_hash_of_its_tasks() -> None:
    one = hashes(contract())

    assert contract_hash(one) == contract_hash(dict(one)) != contract_hash({**one, "other": one[TASK]})
