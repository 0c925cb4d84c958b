"""The rules of breaking changes: whom each would break, and the alternative."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule: who would break, what to do instead, and the order of deployment if the change is waived."""

    name: str
    breaks: str
    instead: str
    deploy: str


_SERVICES_FIRST = "deploy the services first, and its workers when no old message waits"
_READERS_FIRST = "deploy the services that can handle the new values first, then its workers"
_TOGETHER = "stop sending it, wait until no message is left, and deploy services and workers together"
_BESIDE = "add a new task and deprecate this one"

RULES = {
    rule.name: rule
    for rule in (
        Rule(
            "task-removed",
            "services that send it get NotRegistered, and so do its messages that still wait",
            "keep the task, deprecate it, and remove it when no service sends it",
            _SERVICES_FIRST,
        ),
        Rule(
            "parameter-removed",
            "callers that give it get a TypeError",
            f"keep it and ignore it, or {_BESIDE}",
            _SERVICES_FIRST,
        ),
        Rule(
            "parameter-renamed",
            "callers that give it by name get a TypeError",
            f"keep the name, or {_BESIDE}",
            _TOGETHER,
        ),
        Rule(
            "parameter-moved",
            "callers that give it by position pass another parameter",
            "keep the order, and add new parameters at the end",
            _TOGETHER,
        ),
        Rule(
            "parameter-kind",
            "callers that give it the old way get a TypeError",
            f"let it take both ways, or {_BESIDE}",
            _SERVICES_FIRST,
        ),
        Rule(
            "parameter-added",
            "callers do not give it and get a TypeError",
            "give it a default",
            _TOGETHER,
        ),
        Rule(
            "parameter-required",
            "callers that leave it out get a TypeError",
            "keep its default",
            _SERVICES_FIRST,
        ),
        Rule(
            "parameter-narrowed",
            "callers may send what the task no longer takes",
            f"take the old values too, or {_BESIDE}",
            _SERVICES_FIRST,
        ),
        Rule(
            "parameter-not-null",
            "callers may send null",
            "keep null allowed, and replace it inside of the task",
            _SERVICES_FIRST,
        ),
        Rule(
            "result-field-removed",
            "callers that read it find nothing",
            f"keep the field, or {_BESIDE}",
            _READERS_FIRST,
        ),
        Rule(
            "result-field-optional",
            "callers that read it may find nothing",
            "always return the field",
            _READERS_FIRST,
        ),
        Rule(
            "result-widened",
            "callers may get a value that they do not expect",
            f"return the old type, add a field for the new one, or {_BESIDE}",
            _READERS_FIRST,
        ),
        Rule(
            "result-null",
            "callers may get null",
            f"fail with an error, or {_BESIDE}",
            _READERS_FIRST,
        ),
    )
}
