"""A JavaScript client gets the same results as a Python client from both kinds of worker."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scripts.server import free_port
from tests.support.valkey import ValkeyServer

from .ledger import Ledger
from .workers import Kind, Target, results_of

SCRIPT = Path(__file__).with_name("js_client.mjs")

Outcome = dict[str, Any]
JsClient = Callable[..., list[Outcome]]


def run_js(url: str, *calls: Mapping[str, Any], **settings: Any) -> list[Outcome]:
    """Make the calls with a JavaScript client; returns what became of each once the script has ended."""
    given = {"brokerUrl": url, "resultBackend": results_of(url), **settings}
    command = ["node", str(SCRIPT), json.dumps({"settings": given, "calls": calls})]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    outcomes: list[Outcome] = json.loads(done.stdout)
    return outcomes


@pytest.fixture
def js(shared_valkey: ValkeyServer, target: Target) -> JsClient:
    """`js({"task": ..., "args": ..., "options": ...}, ...)` sends to the target's queue."""
    return lambda *calls: run_js(shared_valkey.url, *calls, taskDefaultQueue=target.queue)


def test_results_and_arguments(js: JsClient) -> None:
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


def test_a_call_that_does_not_fit_rejects_with_pythons_type_error(js: JsClient) -> None:
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


def test_an_exception_arrives_with_type_arguments_and_traceback(js: JsClient, kind: Kind) -> None:
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


def test_an_unpicklable_exception_arrives_as_itself(js: JsClient) -> None:
    [outcome] = js({"task": "errors.refuse_with_two", "args": ["no"]})
    error = outcome["error"]
    assert (error["name"], error["excType"]) == ("TwoArgumentsError", "TwoArgumentsError")
    assert (error["message"], error["args"]) == ("no", ["no"])
    assert "celery" not in error["excModule"]


def test_the_runtimes_own_errors_arrive_as_their_classes(js: JsClient) -> None:
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


def test_typed_values_arrive_as_their_types_and_return(js: JsClient) -> None:
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


def test_bytes_and_nan_arrive_and_return(js: JsClient) -> None:
    seen, data, nan = js(
        {"task": "basic.kind", "special": ["bytes"]},
        {"task": "basic.echo", "special": ["bytes"]},
        {"task": "basic.echo", "special": ["nan"]},
    )
    assert seen["value"] == "bytes"
    assert data["text"] == "0,159,255"
    assert nan["text"] == "NaN"


def test_a_countdown_is_waited_for(js: JsClient, ledger: Ledger) -> None:
    js(
        {"task": "work.record", "args": [ledger.path, "late"], "options": {"countdown": 2}},
        {"task": "work.record", "args": [ledger.path, "at once"]},
    )
    first, last = ledger.entries("start")
    assert (first.label, last.label) == ("at once", "late")
    assert last.time - first.time > 1


def test_options_of_a_call_hold(js: JsClient, ledger: Ledger) -> None:
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
    both: dict[Kind, Target], shared_valkey: ValkeyServer
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
        [outcome] = run_js(shared_valkey.url, call, taskDefaultQueue=target.queue)
        seen[kind] = {name: value for name, value in outcome["value"].items() if name not in varying}
    assert seen[Kind.NODE] == seen[Kind.PYTHON]


def test_an_argument_that_is_not_json_is_refused_before_it_is_sent(js: JsClient) -> None:
    [outcome] = js({"task": "basic.echo", "args": [1], "special": ["function"]})
    assert outcome["error"]["name"] == "EncodeError"
    assert "args[1] is a function" in outcome["error"]["message"]


def test_a_result_that_does_not_come_in_time_rejects(shared_valkey: ValkeyServer) -> None:
    [outcome] = run_js(
        shared_valkey.url, {"task": "basic.add", "args": [1, 2], "timeout": 0.3}, taskDefaultQueue="nobody"
    )
    assert outcome["error"]["name"] == "TimeoutError"


def test_a_send_without_a_server_fails_in_time_with_one_clear_error() -> None:
    url = f"redis://:s3cret@127.0.0.1:{free_port()}/0"
    [outcome] = run_js(url, {"task": "basic.add", "args": [1, 2]}, taskPublishTimeout=1)
    assert outcome["error"]["name"] == "OperationalError"
    message = outcome["error"]["message"]
    assert "within 1 s" in message
    assert "ECONNREFUSED" in message
    assert "s3cret" not in message
