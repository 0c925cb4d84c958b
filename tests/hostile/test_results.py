"""Any stored result gives its reader a value or an error, and the reader continues."""

import itertools
import json
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import celery_reliable
import pytest
from celery import Celery
from hypothesis import strategies as st
from redis import Redis

from tests.support.valkey import ValkeyServer

from .generating import examples, for_batches
from .values import VALUES, dumps, words

HERE = Path(__file__).parent
FIELDS = words("status result traceback children date_done task_id group_id parent_id args kwargs")
STATES = st.sampled_from(["SUCCESS", "FAILURE", "REVOKED", "RETRY", "REJECTED", "OWN"])
ERRORS = st.one_of(
    VALUES,
    st.builds(
        lambda name, module, text: {"exc_type": name, "exc_module": module, "exc_message": text},
        st.sampled_from(
            words("SystemExit KeyboardInterrupt GeneratorExit WorkerShutdown TimeoutError Ignore exit")
        ),
        st.sampled_from(("builtins", "celery.exceptions", None)),
        VALUES,
    ),
    st.dictionaries(st.sampled_from(("exc_type", "exc_message", "exc_module", "own")), VALUES, max_size=4),
)
# Stands for the id that a result is stored under: Celery raises a KeyError for one without.
TASK_ID = "THE-ID"
ENDED = {"status": "SUCCESS", "result": 1, "traceback": None, "children": [], "task_id": TASK_ID}
#: What is stored for a task that has ended, more or less as Celery writes it.
METAS = st.one_of(
    st.builds(
        lambda state, error: dumps({**ENDED, "status": state, "result": error}),
        STATES,
        ERRORS,
    ),
    st.builds(
        lambda state, fields: dumps({**ENDED, "status": state, **fields}),
        STATES,
        st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3),
    ),
    VALUES.map(dumps),
    st.text(max_size=20),
).map(lambda text: text.encode("utf-8", "surrogatepass"))
GOOD = dumps({**ENDED, "result": 3}).encode()
_numbers = itertools.count()


@pytest.fixture(scope="module")
def redis(module_valkey: ValkeyServer) -> Iterator[Redis]:
    client = Redis.from_url(module_valkey.url)
    yield client
    client.close()


@pytest.fixture(scope="module")
def reader(module_valkey: ValkeyServer) -> Iterator["subprocess.Popen[str]"]:
    command = ["node", str(HERE / "js_reader.mjs"), module_valkey.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        yield program
        program.kill()


@pytest.mark.timeout(7200)
def test_a_javascript_client_ends_every_get(
    redis: Redis, reader: "subprocess.Popen[str]", request: pytest.FixtureRequest
) -> None:
    def read(task_id: str) -> str:
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write(json.dumps(task_id) + "\n")
        reader.stdin.flush()
        return reader.stdout.readline().strip()

    def use(batch: list[bytes]) -> None:
        for number, meta in enumerate(batch):
            store(redis, f"r{number}", meta)
            said = read(f"r{number}")
            assert said == "value" or said.startswith("error "), f"{said!r} for {meta!r}"
        assert read(store(redis, f"good{next(_numbers)}", GOOD)) == "value"

    for_batches(METAS, examples(request) // 5, use)


@pytest.mark.timeout(7200)
def test_a_python_client_ends_every_get(
    redis: Redis, module_valkey: ValkeyServer, request: pytest.FixtureRequest
) -> None:
    app = Celery("reader", broker=module_valkey.url, backend=module_valkey.url, set_as_current=False)
    celery_reliable.install(app)
    # A result unsubscribes when it is collected, which may be after the server's end.
    app.backend.__dict__["remove_pending_result"] = lambda result: result

    def use(batch: list[bytes]) -> None:
        for number, meta in enumerate(batch):
            store(redis, f"p{number}", meta)
            with suppress(Exception):
                app.AsyncResult(f"p{number}").get(timeout=0.2)
        assert app.AsyncResult(store(redis, f"good{next(_numbers)}", GOOD)).get(timeout=5) == 3

    for_batches(METAS, examples(request) // 5, use)


def store(redis: Redis, task_id: str, meta: bytes) -> str:
    """Store a result, and return its id."""
    redis.set(f"celery-task-meta-{task_id}", meta.replace(TASK_ID.encode(), task_id.encode()))
    return task_id
