"""A JavaScript client gets the same results as a Python client from both kinds of worker."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scripts.server import free_port
from tests.support.valkey import ValkeyServer

from .ledger import Ledger
from .workers import Kind, Target, servers_of

SCRIPT = Path(__file__).with_name("js_client.mjs")

ENDS_WITHIN_S = 40

Outcome = dict[str, Any]
Js = Callable[..., list[Outcome]]


class JsClient:
    """A script that makes calls, each time with its own app. It has to end by itself."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._script = subprocess.Popen(["node", SCRIPT], stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def call(self, url: str, *calls: Mapping[str, Any], **settings: Any) -> list[Outcome]:
        """Make the calls; returns what became of each."""
        assert self._script.stdin
        assert self._script.stdout
        given = {**servers_of(url), **settings}
        self._script.stdin.write(f"{json.dumps({'settings': given, 'calls': calls})}\n")
        self._script.stdin.flush()
        line = self._script.stdout.readline()
        assert line, self._script.communicate(timeout=ENDS_WITHIN_S)
        outcomes: list[Outcome] = json.loads(line)
        return outcomes

    def close(self) -> None:
        """Wait for its end."""
        printed = self._script.communicate(timeout=ENDS_WITHIN_S)
        assert (self._script.returncode, *printed) == (0, "", "")


def run_js(url: str, *calls: Mapping[str, Any], **settings: Any) -> list[Outcome]:
    """Make the calls with a script that makes no others; returns what became of each once it has ended."""
    with closing(JsClient()) as client:
        return client.call(url, *calls, **settings)


@pytest.fixture(scope="module")
def client() -> Iterator[JsClient]:
    with closing(JsClient()) as client:
        yield client


@pytest.fixture
def js(client: JsClient, shared_valkey: ValkeyServer, target: Target) -> Js:
    """`js({"task": ..., "args": ..., "options": ...}, ...)` sends to the target's queue."""
    return lambda *calls: client.call(shared_valkey.url, *calls, taskDefaultQueue=target.queue)


def test_results_and_arguments(js: Js) -> None:
    outcomes = js(
        {"task": "basic.add", "args": [1, 2]},
        {"task": "basic.greet", "args": ["Ada"], "options": {"kwargs": {"greeting": "Grüße"}}},
        {"task": "basic.greet", "options": {"kwargs": {"name": "世界 🚀"}}},
        {"task": "basic.order", "args": ["tea"], "options": {"kwargs": {"amount": 2}}},
        {"task": "basic.nothing"},
        {"task": "basic.echo", "args": [{"a": [1, 2.5, None, True, {"b": ""}]}]},
        {"task": "basic.measure", "args": ["x" * 100_000]},
    )
    assert [outcome["value"] for outcome in outcomes] == [
        3,
        "Grüße, Ada!",
        "Hello, 世界 🚀!",
        ["tea", 2, ""],
        None,
        {"a": [1, 2.5, None, True, {"b": ""}]},
        100_000,
    ]
    assert {outcome["state"] for outcome in outcomes} == {"SUCCESS"}


def test_a_call_that_does_not_fit_rejects_with_pythons_type_error(js: Js) -> None:
    outcomes = js(
        {"task": "basic.add", "args": [1]},
        {"task": "basic.add", "args": [1, 2, 3]},
        {"task": "basic.add", "args": [1, 2], "options": {"kwargs": {"z": 3}}},
        {"task": "basic.add", "args": [1], "options": {"kwargs": {"x": 3}}},
    )
    assert [outcome["error"]["message"] for outcome in outcomes] == [
        "add() missing 1 required positional argument: 'y'",
        "add() takes 2 positional arguments but 3 were given",
        "add() got an unexpected keyword argument 'z'",
        "add() got multiple values for argument 'x'",
    ]
    assert {outcome["error"]["name"] for outcome in outcomes} == {"TypeError"}


def test_an_exception_arrives_with_type_arguments_and_traceback(js: Js, kind: Kind) -> None:
    plain, own = js(
        {"task": "errors.fail", "args": ["Grüße from the task"]},
        {"task": "errors.refuse", "args": [502, "bad gateway"]},
    )
    error = plain["error"]
    assert (error["name"], error["excType"], error["excModule"]) == ("ValueError", "ValueError", "builtins")
    assert error["message"] == "Grüße from the task"
    assert error["kinds"] == ["CeleryError", "TaskError"]
    assert ("errors.py" if kind is Kind.PYTHON else "errors.js") in error["traceback"]

    error = own["error"]
    assert (error["excType"], error["excModule"]) == ("GatewayError", "tests.conformance.gateway")
    assert error["args"] == [502, "bad gateway"]
    assert error["message"] == "(502, 'bad gateway')"


def test_an_unpicklable_exception_arrives_as_itself(js: Js) -> None:
    [outcome] = js({"task": "errors.refuse_with_two", "args": ["no"]})
    error = outcome["error"]
    assert (error["name"], error["excType"]) == ("TwoArgumentsError", "TwoArgumentsError")
    assert (error["message"], error["args"]) == ("no", ["no"])
    assert "celery" not in error["excModule"]


def test_the_runtimes_own_errors_arrive_as_their_classes(js: Js) -> None:
    unknown, expired, exhausted = js(
        {"task": "basic.no_such_task"},
        {"task": "basic.add", "args": [1, 2], "options": {"expires": -1}},
        {"task": "retries.give_up", "args": ["x"]},
    )
    assert unknown["error"]["kinds"] == ["CeleryError", "NotRegistered"]
    assert unknown["error"]["args"] == ["conformance.basic.no_such_task"]
    assert expired["error"]["kinds"] == ["CeleryError", "TaskRevokedError"]
    assert expired["error"]["message"] == "expired"
    assert exhausted["error"]["kinds"] == ["CeleryError", "MaxRetriesExceededError"]


TYPED = {
    "date": ("datetime", "DateTime"),
    "plainDate": ("date", "PlainDate"),
    "plainTime": ("time", "PlainTime"),
    "decimal": ("decimal", "Decimal"),
    "uuid": ("uuid", "UUID"),
}


def test_typed_values_arrive_as_their_types_and_return(js: Js) -> None:
    kinds = js(*({"task": "basic.kind", "special": [name]} for name in TYPED))
    echoes = js(*({"task": "basic.echo", "special": [name]} for name in TYPED))
    assert [outcome["value"] for outcome in kinds] == [seen for seen, _ in TYPED.values()]
    assert [outcome["kind"] for outcome in echoes] == [returned for _, returned in TYPED.values()]
    assert [echoes[n]["text"] for n in (1, 2, 3, 4)] == [
        "2026-11-22",
        "10:11:12.345678",
        "1234567890.12345678901234567890",
        "3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55",
    ]
    assert echoes[0]["value"] == "2026-11-22T10:11:12.345Z"


def test_bytes_and_nan_arrive_and_return(js: Js) -> None:
    seen, data, nan = js(
        {"task": "basic.kind", "special": ["bytes"]},
        {"task": "basic.echo", "special": ["bytes"]},
        {"task": "basic.echo", "special": ["nan"]},
    )
    assert seen["value"] == "bytes"
    assert data["text"] == "0,159,255"
    assert nan["text"] == "NaN"


def test_a_countdown_is_waited_for(js: Js, ledger: Ledger) -> None:
    js(
        {"task": "work.record", "args": [ledger.path, "late"], "options": {"countdown": 2}},
        {"task": "work.record", "args": [ledger.path, "at once"]},
    )
    first, last = ledger.entries("start")
    assert (first.label, last.label) == ("at once", "late")
    assert last.time - first.time > 1


def test_options_of_a_call_hold(js: Js, ledger: Ledger) -> None:
    [given] = js(
        {
            "task": "context.show",
            "args": [1],
            "options": {"taskId": f"given-{ledger.path}", "headers": {"x-tenant": "acme"}, "priority": 3},
        },
    )
    assert given["value"]["id"] == given["id"] == f"given-{ledger.path}"
    assert given["value"]["headers"] == {"x-tenant": "acme"}
    assert given["value"]["delivery_info"]["priority"] == 3


def test_both_workers_give_a_javascript_task_the_same_request(
    client: JsClient, both: dict[Kind, Target], shared_valkey: ValkeyServer
) -> None:
    varying = (
        "id",
        "root_id",
        "correlation_id",
        "origin",
        "reply_to",
        "hostname",
        "properties",
        "delivery_info",
    )
    call = {"task": "context.show", "args": [1], "options": {"kwargs": {"y": 2}, "shadow": "s", "retries": 1}}
    seen = {}
    for kind, target in both.items():
        [outcome] = client.call(shared_valkey.url, call, taskDefaultQueue=target.queue)
        seen[kind] = {name: value for name, value in outcome["value"].items() if name not in varying}
    assert seen[Kind.NODE] == seen[Kind.PYTHON]


def test_an_argument_that_is_not_json_is_refused_before_it_is_sent(js: Js) -> None:
    [outcome] = js({"task": "basic.echo", "args": [1], "special": ["function"]})
    assert outcome["error"]["name"] == "EncodeError"
    assert "args[1] is a function" in outcome["error"]["message"]


def test_a_result_that_does_not_come_in_time_rejects(client: JsClient, shared_valkey: ValkeyServer) -> None:
    [outcome] = client.call(
        shared_valkey.url, {"task": "basic.add", "args": [1, 2], "timeout": 0.3}, taskDefaultQueue="nobody"
    )
    assert outcome["error"]["name"] == "TimeoutError"


def test_a_send_without_a_server_fails_in_time_with_one_clear_error(client: JsClient) -> None:
    url = f"redis://:s3cret@127.0.0.1:{free_port()}/0"
    [outcome] = client.call(url, {"task": "basic.add", "args": [1, 2]}, taskPublishTimeout=1)
    assert outcome["error"]["name"] == "OperationalError"
    message = outcome["error"]["message"]
    assert "within 1 s" in message
    assert "ECONNREFUSED" in message
    assert "s3cret" not in message
