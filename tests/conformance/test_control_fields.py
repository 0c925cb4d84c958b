"""Every command of `celery inspect` and `celery control`: all workers answer with the same fields."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from celery.bin.base import CLIContext
from celery.bin.control import control, inspect
from celery.worker.control import Panel
from click.testing import CliRunner

from tests.support.waiting import wait_until

from .control import ANSWERS_WITHIN_S, Controlled, answers
from .ledger import Ledger
from .matrix import waiting_in_worker

KNOWN = "conformance.basic.greet"
REVOKED = str(uuid4())
# Of Celery's own table, so that none is forgotten; `shutdown` is shown by `test_a_worker_is_shut_down`.
COMMANDS = sorted(set(Panel.meta) - {"shutdown"}, key=lambda name: (Panel.meta[name].type != "inspect", name))
# The arguments of the commands. All workers know the queue: on quorum queues, a stock worker would
# declare a new one as a classic queue, and end.
WORDS = {
    "add_consumer": ["nowhere"],
    "autoscale": ["3", "1"],
    "cancel_consumer": ["nowhere"],
    # By none: others use these workers as well.
    "pool_grow": ["0"],
    "pool_shrink": ["0"],
    "rate_limit": [KNOWN, "20/m"],
    "revoke": [REVOKED],
    "revoke_by_stamped_headers": ["tenant=nobody"],
    "terminate": ["TERM", REVOKED],
    "time_limit": [KNOWN, "10", "20"],
}
# Commands whose arguments Celery's command line cannot say.
ARGUMENTS = {"hello": {"from_node": "other@host"}, "election": {"id": "1", "topic": "leader"}}
# What differs from a Python worker, and why. celery-js's table of differences has what concerns JavaScript.
NO_DISPATCHER = "a Python worker of this suite, without heartbeat and gossip, has nothing to send events with"
LOOKS_INTO_PYTHON = "they look into a Python process"
OWN_SETTINGS = "each lists the settings that it has"
MEANT = {
    "js": {
        "disable_events.*": NO_DISPATCHER,
        "enable_events.*": NO_DISPATCHER,
        "memdump: *": LOOKS_INTO_PYTHON,
        "memsample: *": LOOKS_INTO_PYTHON,
        "conf.* is missing": OWN_SETTINGS,
        "conf.* is added": OWN_SETTINGS,
        "election: *": "a Python worker without gossip fails at it",
        "pool_shrink.*": "it shrinks once a slot is free, and does not refuse while all are busy",
        "stats.pool.concurrency is added": "it has two pools",
        "stats.pool.threads is added": "it has two pools",
        "stats.pool.zombies is added": "a task on the event loop may outlive its time limit",
        "stats.pool.writes: *": "it writes to no processes; Celery's own word for that",
    },
    "reliable": {
        "conf.* is added": OWN_SETTINGS,
        "pool_shrink.*": "by none: it ends no process, where Celery ends a free one or fails",
        "stats.broker.transport_options.worker_name is added": "its transport knows the worker's name",
        "stats.broker.transport_options.health_check_interval is added": "checks connections sooner",
    },
}


@dataclass(frozen=True)
class Busy:
    """Workers in the same state: two tasks run, one is reserved, one scheduled, one revoked, one limited."""

    workers: Mapping[str, Controlled]
    task_ids: list[str]

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.workers.values()]

    @property
    def app(self) -> Celery:
        return self.workers["py"].app


@pytest.fixture(scope="module")
def gate_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """For `work.gate`. It is open after these tests, whatever fails: other tests use the same workers."""
    gate = tmp_path_factory.mktemp("busy") / "gate"
    yield gate
    gate.touch()


@pytest.fixture(scope="module")
def busy(controlled: Mapping[str, Controlled], gate_of_all: Path) -> Iterator[Busy]:
    ledger = Ledger(gate_of_all.with_name("ledger"))
    task_ids = []
    for kind, each in controlled.items():
        hold = partial(each.queue.send, "work.gate")
        running = [hold((ledger.path, kind, str(gate_of_all))).id for _ in range(2)]
        ledger.wait_for("start", 2, label=kind)
        scheduled = each.queue.send("basic.add", (1, 2), **waiting_in_worker(60)).id
        wait_until(partial(each.tell, "scheduled"), what=f"a scheduled task of {kind}")
        reserved = hold((ledger.path, kind, str(gate_of_all))).id
        wait_until(partial(each.tell, "reserved"), what=f"a reserved task of {kind}")
        task_ids += [*running, scheduled, reserved]
        each.tell("rate_limit", task_name=KNOWN, rate_limit="10/m")
        each.tell("revoke", task_id=REVOKED)
    yield Busy(controlled, task_ids)
    gate_of_all.touch()
    ledger.wait_for("end", 3 * len(controlled))
    for each in controlled.values():
        each.tell("rate_limit", task_name=KNOWN, rate_limit=0)
        each.tell("time_limit", task_name=KNOWN)
        each.tell("disable_events")
        each.tell("revoke", task_id=[entry["request"]["id"] for entry in each.tell("scheduled")])


def ask(busy: Busy, command: str) -> dict[str, Any]:
    """What the workers answer, by their kind."""
    if command in ARGUMENTS:
        options: dict[str, Any] = {"destination": busy.names, "timeout": ANSWERS_WITHIN_S}
        replies: Any = answers(busy.app, command, ARGUMENTS[command], **options)
    else:
        words = busy.task_ids if command == "query_task" else WORDS.get(command, [])
        options = {"--timeout": str(ANSWERS_WITHIN_S), "--destination": ",".join(busy.names)}
        arguments = [command, *words, "--json", *(word for option in options.items() for word in option)]
        program = inspect if Panel.meta[command].type == "inspect" else control
        said = CliRunner().invoke(program, arguments, obj=CLIContext(busy.app, True, None, True))
        replies = json.loads(said.output.strip().splitlines()[-1])
    by_name = replies if isinstance(replies, dict) else {k: v for each in replies for k, v in each.items()}
    assert sorted(by_name) == sorted(busy.names)
    return {kind: by_name[each.name] for kind, each in busy.workers.items()}


def kind_of(value: Any) -> str:
    """What JSON calls it."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text", dict: "an object"}
    return kinds.get(type(value), "a list" if isinstance(value, list) else "nothing")


def differences(expected: Any, answer: Any, path: str) -> Iterator[str]:
    """In what its fields, and the kinds of their values, differ from those of the other one."""
    if kind_of(expected) != kind_of(answer):
        yield f"{path}: {kind_of(answer)}, not {kind_of(expected)}"
    elif isinstance(expected, dict):
        yield from (f"{path}.{key} is missing" for key in sorted(expected.keys() - answer.keys()))
        yield from (f"{path}.{key} is added" for key in sorted(answer.keys() - expected.keys()))
        for key in sorted(expected.keys() & answer.keys()):
            yield from differences(expected[key], answer[key], f"{path}.{key}")
    elif isinstance(expected, list) and bool(expected) != bool(answer):
        yield f"{path}: {len(answer)} entries, not {len(expected)}"
    elif isinstance(expected, list) and path.startswith("query_task"):
        for one, other in zip(expected, answer, strict=True):
            yield from differences(one, other, f"{path}[]")
    elif isinstance(expected, list):
        for each in answer:
            yield from differences(expected[0], each, f"{path}[]")


@pytest.mark.difference("`objgraph`, `memsample`, `memdump`")
@pytest.mark.difference("`pool_shrink` while all tasks of the pool run")
@pytest.mark.difference("The pool in `stats`")
@pytest.mark.difference("`election`")
@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_celerys_command_line_have_the_same_fields(busy: Busy, command: str) -> None:
    found = ask(busy, command)
    if command == "query_task":  # by the states of the tasks instead of their ids
        found = {kind: sorted(answer.values(), key=lambda each: each[0]) for kind, answer in found.items()}
    if command == "stats":  # by one of the tasks that each has run
        found = {kind: answer | {"total": [*answer["total"].values()]} for kind, answer in found.items()}
    expected = found.pop("py")
    for kind, answer in found.items():
        seen = list(differences(expected, answer, command))
        meant = [
            pattern for pattern in MEANT[kind] if fnmatchcase(pattern.split(".")[0].split(":")[0], command)
        ]
        unmeant = [each for each in seen if not any(fnmatchcase(each, pattern) for pattern in meant)]
        assert unmeant == [], f"{kind}: {answer}, and Python: {expected}"
        gone = [pattern for pattern in meant if not any(fnmatchcase(each, pattern) for each in seen)]
        assert gone == [], f"{kind} does not differ there any more"
