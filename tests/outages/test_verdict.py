"""The judgement, fed with made-up observations: it cannot pass by accident."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .ledger import Call, Run, callback_of
from .outages import Outage
from .report import BEGIN, END, table, write
from .run import Observation
from .verdict import Row, judge

RETURNED = 110.0


def nothing(_: object) -> Iterator[None]:
    yield


OUTAGE = Outage("made up", nothing)


def calls(client: str, *, at: float = 111.0) -> list[Call]:
    """The actions of a client after the outage."""
    entries = [("send", f"{client}:python:1"), ("send", f"{client}:node:1"), ("ask", f"{client}:echo:1")]
    return [Call(event, label, at, at + 0.1, None) for event, label in entries]


def runs(*labels: str) -> list[Run]:
    """One run of each."""
    return [Run(event, label, 112.0) for label in labels for event in ("start", "end")]


SENT = ("python:python:1", "python:node:1", "node:python:1", "node:node:1")
LABELS = (*map(callback_of, SENT), *SENT)
GOOD = Observation(
    outage=OUTAGE,
    began=100.0,
    returned=RETURNED,
    runs=runs(*LABELS),
    calls={"python": calls("python"), "node": calls("node")},
    ran={"python": RETURNED + 0.5, "node": RETURNED + 0.5},
    answered={"python": RETURNED + 1, "node": RETURNED + 2},
    lines={
        f"{language} {role}": ["lost", "back"]
        for language in ("python", "node")
        for role in ("worker", "client")
    },
    stored=frozenset(LABELS),
    ended=(),
    left=(),
)


def faults_of(seen: Observation) -> dict[str, tuple[str, ...]]:
    return {row.who: row.faults for row in judge(seen) if row.faults}


def test_an_outage_without_a_fault_has_four_rows_and_no_fault() -> None:
    assert faults_of(GOOD) == {}
    assert [(row.who, round(row.recovery_s or 0, 1)) for row in judge(GOOD)] == [
        ("python worker", 1.0),
        ("node worker", 2.0),
        ("python client", 1.1),
        ("node client", 1.1),
    ]


def test_a_task_without_an_end_is_lost_to_worker_and_client() -> None:
    seen = replace(GOOD, runs=runs(*LABELS[:-1]))
    assert faults_of(seen) == dict.fromkeys(("node worker", "node client"), ("lost: node:node:1",))


def test_a_task_without_a_result_is_lost() -> None:
    seen = replace(GOOD, stored=frozenset(LABELS) - {"python:python:1"})
    assert faults_of(seen) == dict.fromkeys(("python worker", "python client"), ("lost: python:python:1",))


def test_a_callback_that_did_not_run_is_lost() -> None:
    seen = replace(GOOD, runs=runs(*LABELS[1:]))
    assert LABELS[0] == "python:node:1+"
    assert faults_of(seen) == dict.fromkeys(("node worker", "python client"), ("lost: python:node:1+",))


def test_what_was_not_confirmed_is_not_lost() -> None:
    doubtful = [*calls("node"), Call("send", "node:node:2", 111.0, 112.0, "OperationalError: gone")]
    seen = replace(GOOD, calls={**GOOD.calls, "node": [*doubtful, *calls("node", at=112.0)]})
    assert faults_of(seen) == {}


def test_what_a_server_has_forgotten_is_not_lost() -> None:
    earlier = [Call("send", "node:node:0", 99.0, 99.1, None), *calls("node")]
    seen = replace(GOOD, calls={**GOOD.calls, "node": earlier})
    assert faults_of(replace(seen, outage=replace(OUTAGE, forgets=True))) == {}
    assert set(faults_of(seen)) == {"node worker", "node client"}


def test_runs_under_one_label_are_counted_as_twice() -> None:
    rows = judge(replace(GOOD, runs=[*GOOD.runs, Run("start", "python:node:1", 113.0)]))
    assert {row.who for row in rows if row.twice} == {"node worker", "python client"}


def test_late_or_missing_recovery_is_a_fault() -> None:
    seen = replace(GOOD, answered={"python": RETURNED + 5.1, "node": None})
    task = "(a task after 0.5 s, a ping after that)"
    assert faults_of(seen) == {
        "python worker": (f"back after 5.1 s {task}",),
        "node worker": (f"never back {task}",),
    }
    assert "python worker" not in faults_of(replace(seen, outage=replace(OUTAGE, is_silent=True)))


def test_a_client_is_back_when_nothing_fails_any_more() -> None:
    error = Call("ask", "python:echo:0", 109.0, 114.0, "TimeoutError: no result")
    seen = replace(GOOD, calls={**GOOD.calls, "python": [*calls("python"), error]})
    assert faults_of(seen) == {"python client": ("never back",)}
    later = [*calls("python"), error, *calls("python", at=114.0)]
    [row] = [
        row
        for row in judge(replace(seen, calls={**seen.calls, "python": later}))
        if row.who == "python client"
    ]
    assert round(row.recovery_s or 0, 1) == 4.1


def test_only_log_lines_about_the_outage_are_limited() -> None:
    said = ["down", "[x: INFO] Task outages.python[python:python:1] received", "still down", "up"]
    seen = replace(GOOD, lines={**GOOD.lines, "python worker": said})
    assert faults_of(seen) == {"python worker": ("3 log lines, at most 2",)}
    assert faults_of(replace(seen, began=RETURNED - 90)) == {}


def test_an_error_that_no_caller_expects_is_a_fault() -> None:
    odd = [Call("send", "node:node:9", 105.0, 105.1, "AttributeError: None"), *calls("node")]
    seen = replace(GOOD, calls={**GOOD.calls, "node": odd})
    assert faults_of(seen) == {"node client": ("raises AttributeError: None",)}


def test_a_program_that_ends_and_messages_that_stay_are_faults() -> None:
    seen = replace(GOOD, ended=("python client",), left=("1 in unacked",))
    left = "left on the server: 1 in unacked"
    assert faults_of(seen) == {
        "python worker": (left,),
        "node worker": (left,),
        "python client": ("has ended",),
    }


def test_the_table_replaces_the_last_one_on_its_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nan old table\n{END}\nafter\n")
    rows = [Row("made up", "node client", 1.0, (), (), ("a", "b", "c"), ("3 log lines, at most 2",))]
    write(rows, page)
    assert page.read_text() == f"before\n{BEGIN}\n{table(rows)}\n{END}\nafter\n"
    assert "| made up | JavaScript client | 1.0 s | 0 | 0 | **3** |" in page.read_text()
