"""Both clients for the tasks of signatures.py, and a worker of each language with those tasks."""

import json
from collections.abc import Iterator

import pytest

from scripts.paths import ROOT
from tests.clients import signatures
from tests.clients.installed import Clients, install
from tests.clients.values import VALUES
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    return install(tmp_path_factory.mktemp("installed") / "clients", signatures.catalogue())


@pytest.fixture(scope="module")
def server(module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """The server, with the workers."""
    factory = WorkerFactory(module_valkey.url, tmp_path_factory.mktemp("workers"))
    shapes = [
        {"name": name, "params": javascript(name)} for name in signatures.SHAPES if signatures.has("js", name)
    ]
    tasks = json.dumps({"values": list(VALUES), "shapes": shapes})
    factory.node({"TASKS": tasks}, ROOT / "tests" / "clients" / "js_worker.mjs", cwd=ROOT)
    words = ("--without-mingle", "--without-gossip", "--pool", "threads", "--concurrency", "2")
    factory.python("py", app="tests.clients.py_worker", arguments=words, cwd=ROOT)
    yield module_valkey
    factory.close()


def javascript(shape: str) -> str:
    """A task of a shape as source; its result says what each parameter got."""
    positional, pattern, seen = [], [], []
    has_required = False
    for name, kind, default in signatures.SHAPES[shape].parameters:
        own = f"{name}_"
        seen.append(f"{json.dumps(name)}: {own}")
        if kind == "keyword_only":
            has_required |= default is ...
            pattern.append(f"{json.dumps(name)}: {own}{'' if default is ... else f' = {default}'}")
        elif kind == "var_keyword":
            pattern.append(f"...{own}")
        elif kind == "var_positional":
            continue
        else:
            positional.append(f"{name}{'' if default is ... else f' = {default}'}")
            seen[-1] = f"{json.dumps(name)}: {name}"
    rest = [name for name, kind, _ in signatures.SHAPES[shape].parameters if kind == "var_positional"]
    seen = [each for each in seen if not each.endswith(": rest_")] + rest
    taken = f"{{ {', '.join(pattern)} }}{'' if has_required else ' = {}'}"
    parameters = [*positional, *([taken] if pattern else []), *(f"...{name}" for name in rest)]
    return f"({', '.join(parameters)}) => ({{ seen: described({{ {', '.join(seen)} }}) }})"
