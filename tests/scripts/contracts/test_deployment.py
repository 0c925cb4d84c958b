"""Safe changes, and waived ones, get a line where the order of deployment matters."""

import pytest

from scripts.contracts.deployment import deployment_notes
from scripts.contracts.rules import RULES
from tests.scripts.contracts.test_breaking import (
    INTEGER,
    NULL,
    STRING,
    TASK,
    Change,
    contract,
    line,
    pages,
    parameter,
    parameters,
)


def notes_after(change: Change) -> list[str]:
    before, after = contract(), contract()
    change(after)
    return deployment_notes(before, after)


def test_a_new_task_is_deployed_before_the_services_that_send_it() -> None:
    name = "py_workers.tasks.other"

    (note,) = notes_after(lambda after: after["tasks"].update({name: after["tasks"][TASK]}))

    assert note == f"{name} is new: deploy its workers before the services that send it"


def test_several_new_tasks_share_a_line() -> None:
    (note,) = notes_after(
        lambda after: after["tasks"].update({f"new{i}": contract()["tasks"][TASK] for i in range(7)})
    )

    assert note.startswith("new0, new1, new2, new3, new4 and 2 more are new: deploy their workers before")


def test_a_new_optional_parameter_is_deployed_before_the_services_that_give_it() -> None:
    (note,) = notes_after(
        lambda after: parameters(after).append(parameter("day", STRING, "keyword_only", required=False))
    )

    assert note == f"{TASK} takes day now: deploy its workers before the services that give it"


def test_another_queue_is_served_together_with_the_old_one() -> None:
    (note,) = notes_after(lambda after: after["tasks"][TASK].update(queue="reports"))

    assert note == (
        f"{TASK} moves to reports: serve py-queue until no message waits in it and every service is updated"
    )


WIDER: dict[str, Change] = {
    "customer": lambda after: parameters(after)[0].update(schema={"anyOf": [STRING, INTEGER]}),
    "colour": lambda after: parameters(after)[1].update(required=False),
    "lines": lambda after: line(after)["properties"].update(extra=STRING),
    "urgent": lambda after: parameters(after)[3].update(schema={"anyOf": [{"type": "boolean"}, NULL]}),
    "limit": lambda after: parameters(after)[4]["schema"].update(maximum=20),
}


@pytest.mark.parametrize("name", WIDER)
def test_a_parameter_that_takes_more_is_deployed_before_the_services_that_use_it(name: str) -> None:
    assert notes_after(WIDER[name]) == [
        f"{TASK} takes more for {name} now: deploy its workers before the services that make use of it"
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda after: pages(after)["properties"].update(size=INTEGER),
        lambda after: pages(after).update(required=["pages", "state", "note"]),
        lambda after: pages(after)["properties"].update(state={"const": "done"}),
    ],
)
def test_a_result_that_promises_more_is_deployed_before_the_services_that_rely_on_it(change: Change) -> None:
    assert notes_after(change) == [
        f"{TASK} promises more about its result now: deploy its workers before the services that rely on it"
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda after: after["tasks"][TASK].update(doc="Another text.", max_retries=9),
        lambda after: parameters(after)[3].update(default=True),
        # A change that breaks callers has its own line.
        lambda after: parameters(after)[2].update(name="rows"),
        lambda after: parameters(after)[0].update(schema=INTEGER),
    ],
)
def test_other_changes_have_no_order(change: Change) -> None:
    assert notes_after(change) == []


def test_each_rule_says_how_a_waived_change_is_deployed() -> None:
    assert all("deploy" in rule.deploy for rule in RULES.values())
