"""Each rule of breaking changes: one change that breaks callers, and a similar one that does not."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.contracts.comparison import breaking_changes
from scripts.contracts.rules import RULES

Json = dict[str, Any]
Change = Callable[[Json], object]

TASK = "py_workers.tasks.reports.pdf.render"
STRING, INTEGER, NULL = {"type": "string"}, {"type": "integer"}, {"type": "null"}


def parameter(name: str, schema: Json, kind: str = "positional_or_keyword", *, required: bool = True) -> Json:
    return {"name": name, "kind": kind, "required": required, "schema": schema}


def contract() -> Json:
    line = {
        "type": "object",
        "properties": {"product": STRING, "count": {"anyOf": [INTEGER, NULL]}},
        "required": ["product"],
    }
    pages = {
        "type": "object",
        "properties": {
            "pages": INTEGER,
            "state": {"enum": ["new", "done"], "type": "string"},
            "note": STRING,
        },
        "required": ["pages", "state"],
    }
    task = {
        "language": "python",
        "queue": "py-queue",
        "parameters": [
            parameter("customer", STRING),
            parameter("colour", {"anyOf": [{"enum": ["red", "blue"], "type": "string"}, NULL]}),
            parameter("lines", {"type": "array", "items": {"$ref": "#/$defs/Line"}}, required=False),
            parameter("urgent", {"type": "boolean"}, "keyword_only", required=False),
            parameter("limit", {"type": "number", "maximum": 10}, "keyword_only", required=False),
        ],
        "result": {"$ref": "#/$defs/Pages"},
    }
    return {"$defs": {"Line": line, "Pages": pages}, "tasks": {TASK: task}}


def parameters(after: Json) -> list[Json]:
    found: list[Json] = after["tasks"][TASK]["parameters"]
    return found


def line(after: Json) -> Json:
    found: Json = after["$defs"]["Line"]
    return found


def pages(after: Json) -> Json:
    found: Json = after["$defs"]["Pages"]
    return found


def move(after: Json, start: int, end: int) -> None:
    parameters(after).insert(end, parameters(after).pop(start))


#: Rule -> changes that break it, and changes that do not.
CASES: dict[str, tuple[list[Change], list[Change]]] = {
    "task-removed": (
        [lambda after: after["tasks"].pop(TASK)],
        [lambda after: after["tasks"].update({f"{TASK}_v2": after["tasks"][TASK]})],
    ),
    "parameter-removed": (
        [lambda after: parameters(after).pop(3)],
        # **options still takes it.
        [
            lambda after: parameters(after).__setitem__(
                3, parameter("options", {}, "var_keyword", required=False)
            )
        ],
    ),
    "parameter-renamed": (
        [lambda after: parameters(after)[0].update(name="client")],
        [lambda after: after["tasks"][TASK].update(doc="Another text.")],
    ),
    "parameter-moved": (
        [lambda after: move(after, 0, 1)],
        [lambda after: move(after, 3, 4)],  # keywords have no order
    ),
    "parameter-kind": (
        [
            lambda after: parameters(after)[2].update(kind="keyword_only"),
            lambda after: parameters(after)[0].update(kind="positional_only"),
        ],
        [lambda after: parameters(after)[3].update(kind="positional_or_keyword")],
    ),
    "parameter-added": (
        [lambda after: parameters(after).append(parameter("day", STRING, "keyword_only"))],
        [lambda after: parameters(after).append(parameter("day", STRING, "keyword_only", required=False))],
    ),
    "parameter-required": (
        [lambda after: parameters(after)[2].update(required=True)],
        [lambda after: parameters(after)[1].update(required=False)],
    ),
    "parameter-narrowed": (
        [
            lambda after: parameters(after)[0].update(schema=INTEGER),
            lambda after: parameters(after)[1].update(schema={"anyOf": [{"const": "red"}, NULL]}),
            lambda after: parameters(after)[4]["schema"].update(maximum=5),
            lambda after: parameters(after)[4].update(schema=INTEGER),
            lambda after: line(after)["properties"].pop("product"),
            lambda after: line(after).update(required=["product", "count"]),
            lambda after: parameters(after)[0].update(schema={"format": "celery-uuid"}),
        ],
        [
            lambda after: parameters(after)[0].update(schema={"anyOf": [STRING, INTEGER]}),
            lambda after: parameters(after)[1].update(schema={"anyOf": [STRING, NULL]}),
            lambda after: parameters(after)[4]["schema"].pop("maximum"),
            lambda after: parameters(after)[0].update(schema={}),
            lambda after: line(after)["properties"].update(extra=STRING),
            lambda after: line(after).pop("required"),
        ],
    ),
    "parameter-not-null": (
        [
            lambda after: parameters(after)[1].update(schema={"enum": ["red", "blue"]}),
            lambda after: line(after)["properties"].update(count=INTEGER),
        ],
        [lambda after: parameters(after)[0].update(schema={"anyOf": [STRING, NULL]})],
    ),
    "result-field-removed": (
        [
            lambda after: (pages(after)["properties"].pop("pages"), pages(after)["required"].remove("pages")),
            lambda after: pages(after)["properties"].pop("note"),
        ],
        [lambda after: pages(after)["properties"].update(size=INTEGER)],
    ),
    "result-field-optional": (
        [lambda after: pages(after).update(required=["pages"])],
        [lambda after: pages(after).update(required=["pages", "state", "note"])],
    ),
    "result-widened": (
        [
            lambda after: pages(after)["properties"].update(pages={"type": "number"}),
            lambda after: pages(after)["properties"].update(state={"enum": ["new", "done", "failed"]}),
            lambda after: pages(after)["properties"].update(state=STRING),
            lambda after: after["tasks"][TASK].update(result={}),
            lambda after: after["tasks"][TASK].update(result=STRING),
        ],
        [
            lambda after: pages(after)["properties"].update(state={"const": "done"}),
            lambda after: pages(after)["properties"].update(pages={"type": "integer", "minimum": 1}),
        ],
    ),
    "result-null": (
        [
            lambda after: after["tasks"][TASK].update(result={"anyOf": [{"$ref": "#/$defs/Pages"}, NULL]}),
            lambda after: pages(after)["properties"].update(pages={"anyOf": [INTEGER, NULL]}),
        ],
        [lambda after: pages(after)["properties"].update(size={"anyOf": [INTEGER, NULL]})],
    ),
}


def rules_broken(change: Change) -> set[str]:
    before, after = contract(), contract()
    change(after)
    return {each.rule for each in breaking_changes(before, after)}


def test_every_rule_has_its_cases() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize(
    ("rule", "number"), [(rule, number) for rule, (bad, _) in CASES.items() for number in range(len(bad))]
)
def test_a_change_that_breaks_callers_is_found(rule: str, number: int) -> None:
    assert rules_broken(CASES[rule][0][number]) == {rule}


@pytest.mark.parametrize(
    ("rule", "number"), [(rule, number) for rule, (_, good) in CASES.items() for number in range(len(good))]
)
def test_a_change_that_breaks_no_caller_is_allowed(rule: str, number: int) -> None:
    assert rules_broken(CASES[rule][1][number]) == set()


def test_the_sentence_says_who_breaks_and_what_to_do() -> None:
    after = contract()
    parameters(after)[0].update(name="client")

    (change,) = breaking_changes(contract(), after)

    assert str(change) == (
        f"{TASK}: parameter 'customer' is called 'client' now (parameter-renamed): "
        "callers that give it by name get a TypeError. "
        "Instead, keep the name, or add a new task and deprecate this one."
    )


def test_a_renamed_task_names_its_new_name() -> None:
    after = contract()
    after["tasks"]["py_workers.tasks.reports.pdf.draw"] = after["tasks"].pop(TASK)

    (change,) = breaking_changes(contract(), after)

    assert change.what == "the task was removed or renamed (py_workers.tasks.reports.pdf.draw takes the same)"


def test_types_that_refer_to_themselves_are_compared() -> None:
    def tree(name: Json) -> Json:
        node = {"type": "object", "properties": {"name": name, "next": {"$ref": "#/$defs/Node"}}}
        task = {**contract()["tasks"][TASK], "parameters": [parameter("root", {"$ref": "#/$defs/Node"})]}
        return {"$defs": {"Node": node, "Pages": contract()["$defs"]["Pages"]}, "tasks": {TASK: task}}

    (change,) = breaking_changes(tree(STRING), tree(INTEGER))

    assert change.what == "parameter 'root' at .name no longer takes string, but integer"
    assert breaking_changes(tree(STRING), tree(STRING)) == []


def test_a_renamed_parameter_is_not_a_new_one() -> None:
    after = contract()
    parameters(after)[2].update(name="rows")

    assert [each.rule for each in breaking_changes(contract(), after)] == ["parameter-renamed"]
