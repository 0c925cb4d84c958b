"""The API of `openapi.json`: both web servers have its routes, its answers and its limits."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser
from conftest import Trained
from samples import BODIES, CUSTOMER
from scripts.example.places import EXAMPLE, WEB_NODE, WEB_PYTHON

DOCUMENT = json.loads((EXAMPLE / "openapi.json").read_text("utf-8"))
# A route in either language. In JavaScript, `postJob` makes a POST.
ROUTE = re.compile(r"""\b(?:app\.(get|post)|postJob)\(\s*"(/[^"]*)\"""")
MODULES = {"bodies", "follow", "guard", "jobs", "outside", "pages", "server", "store", "view", "workflow"}
MOST_LINES = 249
# What only workers use, and what the client package hides.
FORBIDDEN = re.compile(r"""(?:from|import) ["']?(?:celery|kombu|redis|ioredis|py_workers|\S*js_workers)\b""")


def sources(folder: Path) -> dict[str, str]:
    files = [file for file in folder.iterdir() if file.suffix in (".js", ".py")]
    return {file.stem: file.read_text("utf-8") for file in files}


@pytest.mark.parametrize("folder", [WEB_NODE, WEB_PYTHON], ids=lambda folder: folder.name)
def test_both_servers_have_the_same_short_files_and_use_the_client_package_only(folder: Path) -> None:
    files = sources(folder)

    assert set(files) == MODULES
    assert {name for name, text in files.items() if len(text.splitlines()) > MOST_LINES} == set()
    assert {name for name, text in files.items() if FORBIDDEN.search(text)} == set()


@pytest.mark.parametrize("folder", [WEB_NODE, WEB_PYTHON], ids=lambda folder: folder.name)
def test_both_servers_have_the_routes_of_the_document(folder: Path) -> None:
    found = {
        (method or "post", re.sub(r":\w+|\{\w+\}", "{}", path))
        for text in sources(folder).values()
        for method, path in ROUTE.findall(text)
    }

    described = {
        (method, re.sub(r"\{\w+\}", "{}", path))
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }
    assert found == described | {("get", "/openapi.json")}


def test_answers_are_as_the_document_says(trained: Trained) -> None:
    browser, names = trained.browser, trained.names
    to = {"to": "ada@example.org"}
    file = browser.ended(browser.post("/api/prediction-files", names).json)
    report = browser.ended(browser.post("/api/reports", {"predictions": file["id"]}).json)
    posts: dict[str, Any] = {
        "/api/datasets": {"seed": 1, "rows": 100},
        "/api/predictions": {"model": trained.model, "customer": CUSTOMER},
        "/api/prediction-files": names,
        "/api/reports": {"predictions": file["id"]},
        "/api/mails": {"report": report["id"], **to},
        "/api/workflows": {**names, **to},
        "/api/mailbox/outage": {"seconds": 0},
        "/api/trainings": {"dataset": "unknown"},
    }

    for path, body in posts.items():
        answer = browser.post(path, body)
        assert list(misfits("post", path, answer.status, answer.json)) == [], path
        assert (answer.status < 400) is (body != {"dataset": "unknown"}), (path, answer.body)
        if answer.status == 202 and "id" in answer.json:
            ended = browser.ended(answer.json)
            assert list(misfits("get", "/api/jobs/{id}", 200, ended)) == [], path
    for path in ("/api/session", "/api/jobs", "/api/mailbox", "/livez", "/readyz"):
        got = browser.get(path)
        assert got.status == 200, path
        assert list(misfits("get", path, 200, got.json)) == [], path


@pytest.mark.parametrize("path", [path for path, methods in DOCUMENT["paths"].items() if "post" in methods])
def test_the_document_names_what_every_post_may_answer(path: str) -> None:
    answers = DOCUMENT["paths"][path]["post"]["responses"]

    assert answers.keys() >= {"401", "403", "413", "415", "422", "429", "503"}


def limits() -> Iterator[tuple[str, str, Any, bool]]:
    """Yield each value at a limit of a body, and each beyond it: path, field, value, if it is too far."""
    for path in BODIES:
        content = DOCUMENT["paths"][path]["post"]["requestBody"]["content"]
        for field, schema in properties(content["application/json"]["schema"]):
            for name, step in (("minimum", -1), ("maximum", 1)):
                if name in schema:
                    yield path, field, schema[name], False
                    yield path, field, schema[name] + step, True
            if "maxLength" in schema:
                yield path, field, "x" * (schema["maxLength"] + 1), True
            if schema.get("minLength"):
                yield path, field, "", True
            if "enum" in schema:
                yield path, field, "another", True
            yield path, field, [], True


def properties(schema: Any) -> Iterator[tuple[str, Any]]:
    for name, each in resolved(schema)["properties"].items():
        yield name, resolved(each)
        if name == "customer":
            yield from properties(each)


def test_both_servers_have_the_limits_of_the_document(browser: Browser) -> None:
    cases = [case for case in limits() if case[0] != "/api/mailbox/outage" or case[3]]
    for number, (path, field, value, is_too_far) in enumerate(cases):
        if number % 100 == 0:  # a session may send 120 POSTs a minute
            browser = Browser(browser.url)
        body = BODIES[path]
        changed = (
            {**body, "customer": {**CUSTOMER, field: value}} if field in CUSTOMER else {**body, field: value}
        )

        answer = browser.post(path, changed)

        refused = answer.json["error"].get("field") if answer.status == 422 else None
        assert (refused == field) is is_too_far, (path, field, value, answer.body)


def misfits(method: str, path: str, status: int, body: Any) -> Iterator[str]:
    """Say what in an answer is not as the document says."""
    answers = DOCUMENT["paths"][path][method]["responses"]
    if str(status) not in answers:
        yield f"status {status}"
        return
    yield from unlike(answers[str(status)]["content"]["application/json"]["schema"], body, "body")


def unlike(schema: Any, value: Any, where: str) -> Iterator[str]:
    schema = resolved(schema)
    if "anyOf" in schema:
        if all(list(unlike(each, value, where)) for each in schema["anyOf"]):
            yield f"{where} is {value!r}"
        return
    if value not in schema.get("enum", [schema.get("const", value)]):
        yield f"{where} is {value!r}"
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        yield f"{where} is {value!r}, not {schema['type']}"
        return
    if schema.get("properties"):
        yield from (f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value)
        yield from (f"{where} has {name}" for name in value if name not in schema["properties"])
        for name in value.keys() & schema["properties"].keys():
            yield from unlike(schema["properties"][name], value[name], f"{where}.{name}")
    for place, each in enumerate(value if "items" in schema else ()):
        yield from unlike(schema["items"], each, f"{where}[{place}]")


TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def resolved(schema: Any) -> Any:
    if "$ref" not in schema:
        return schema
    return DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
