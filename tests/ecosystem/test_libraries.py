"""Libraries for Celery work with celery-reliable's workers, and Sentry with both languages'."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.ecosystem.conftest import Shop, sections
from tests.support.programs import Program
from tests.support.sentry import Sentry, error_of

pytestmark = pytest.mark.timeout(300)

PYTHON = "../shop/.venv/bin/python"
STARTS_WITHIN_S = 60
HAPPENS_WITHIN_S = 30

APP = """
import os
import time

import celery_reliable
from celery import Celery

url = os.environ["JOBS_BROKER_URL"]
app = Celery("{name}", broker=url, backend=url)
app.conf.task_default_queue = "{name}"
app.conf.task_routes = {{"js_workers.*": {{"queue": "js-queue"}}}}
"""
INSTALL = "celery_reliable.install(app)\n"

REDBEAT = """
app.conf.beat_scheduler = "redbeat.RedBeatScheduler"
app.conf.redbeat_redis_url = url
app.conf.beat_max_loop_interval = 1
app.conf.beat_schedule = {
    "tick": {"task": "redbeat_shop.tick", "schedule": 1},
    "add": {"task": "js_workers.tasks.example.arithmetic.add", "schedule": 1, "args": (1, 2)},
}


@app.task
def tick():
    return "tick"
"""

ONCE = """
from celery_once import QueueOnce

app.conf.ONCE = {"backend": "celery_once.backends.Redis", "settings": {"url": url, "default_timeout": 600}}


@app.task(base=QueueOnce)
def slow(seconds):
    time.sleep(seconds)
    return "slept"
"""
ONCE_START = """
from once_shop import slow

print(slow.delay(3).id)
"""
ONCE_CALLS = """
import sys
import time

from celery_once import AlreadyQueued
from once_shop import app, slow

try:
    slow.delay(3)
except AlreadyQueued:
    print("refused")
print(app.AsyncResult(sys.argv[1]).get(timeout=120))  # a lease of the slowest worker here, 60 s
while True:  # the lock is removed shortly after the result is stored
    try:
        print(slow.delay(3).get(timeout=30))
        break
    except AlreadyQueued:
        time.sleep(0.1)
"""

SINGLETON = """
from celery_singleton import Singleton

app.conf.singleton_backend_url = url


@app.task(base=Singleton)
def slow(seconds):
    time.sleep(seconds)
    return "slept"
"""
SINGLETON_CALLS = """
import time

from singleton_shop import slow

first, second = slow.delay(1), slow.delay(1)
print(first.id == second.id, second.get(timeout=30))
while (third := slow.delay(1)).id == first.id:  # the lock is removed shortly after the result is stored
    time.sleep(0.1)
print(third.get(timeout=30))
"""

SENTRY = """
import sentry_sdk

sentry_sdk.init(dsn=os.environ["SENTRY_DSN"])


@app.task
def fail():
    raise ArithmeticError("no such number")
"""
SENTRY_NODE_WORKER = """
import { Celery, workerMain } from "celery-js";

const url = process.env.JOBS_BROKER_URL;
const app = new Celery("sentry_node", { brokerUrl: url, resultBackend: url });
app.task("sentry_node.fail", () => {
  throw new RangeError("no such number");
});
await workerMain(app, { queues: ["sentry_node"] });
"""
# JSON Schema of an argument, and what comes of two calls.
SCHEMAS = """
import { Celery, task } from "celery-js";
import { eagerApp } from "celery-js/testing";
import { describeTasks } from "celery-js/contracts";
import { render } from "./tasks/reports.js";

const folder = new URL("tasks/", import.meta.url);
const tasks = await describeTasks(folder, { prefix: "tasks", tsconfig: "../shop/tsconfig.json" });
console.log(JSON.stringify(tasks["tasks.reports.render"].task.parameters[0].schema));
const app = eagerApp();
const registered = app.task("render", render);
console.log(await (await registered.delay({ name: "ACME" })).get());
await (await registered.delay({ name: "" })).get().catch((error) => console.log(error.message));
"""
SCHEMA_TASK = """
import { task } from "celery-js";
%s
export const render = task({ schema: { params: { customer } } }, async (customer) => customer.name);
"""
VALIBOT = """
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";

const customer = toStandardJsonSchema(v.object({ name: v.pipe(v.string(), v.minLength(1)) }));
"""
ARKTYPE = """
import { type } from "arktype";

const customer = type({ name: "string >= 1" });
"""
SEND = """
import sys
from celery import Celery
import os

url = os.environ["JOBS_BROKER_URL"]
app = Celery("sender", broker=url, backend=url)
print(app.send_task(sys.argv[1], queue=sys.argv[2]).get(timeout=30, propagate=False))
"""


def write_app(shop: Shop, name: str, text: str) -> None:
    shop.write(f"{name}.py", APP.format(name=name) + INSTALL + text)


@contextmanager
def celery(shop: Shop, name: str, command: str, ready: str) -> Iterator[Program]:
    """Runs `celery worker` or `celery beat` until the end of the block."""
    program = shop.shell.start(
        "", f"../shop/.venv/bin/celery --workdir ../shop -A {name} {command} --loglevel INFO"
    )
    try:
        program.wait_for_log(ready, STARTS_WITHIN_S)
        yield program
    finally:
        program.close()


def test_redbeat_schedules_tasks_of_both_languages(shop: Shop) -> None:
    shop.install("celery-redbeat")
    write_app(shop, "redbeat_shop", REDBEAT)

    with (
        celery(shop, "redbeat_shop", "worker", r"ready\.") as worker,
        celery(shop, "redbeat_shop", "beat", "Sending due task add"),
    ):
        worker.wait_for_log("succeeded in .*'tick'", HAPPENS_WITHIN_S)


def test_celery_once_refuses_a_second_call_until_the_task_has_ended(shop: Shop) -> None:
    shop.install("celery-once")
    write_app(shop, "once_shop", ONCE)
    shop.write("once_start.py", ONCE_START)
    shop.write("once_calls.py", ONCE_CALLS)

    with celery(shop, "once_shop", "worker --pool solo", r"ready\.") as killed:
        [task_id] = shop.shell.run("", f"{PYTHON} ../shop/once_start.py")
        killed.wait_for_log("received", HAPPENS_WITHIN_S)
        killed.signal(signal.SIGKILL)
    with celery(shop, "once_shop", "worker", r"ready\."):
        calls = shop.shell.run("", f"{PYTHON} ../shop/once_calls.py {task_id}")

    assert calls == ["refused", "slept", "slept"]


def test_celery_singleton_gives_the_first_id_until_the_task_has_ended(shop: Shop) -> None:
    shop.install("celery-singleton")
    write_app(shop, "singleton_shop", SINGLETON)
    shop.write("singleton_calls.py", SINGLETON_CALLS)

    with celery(shop, "singleton_shop", "worker", r"ready\."):
        calls = shop.shell.run("", f"{PYTHON} ../shop/singleton_calls.py")

    assert calls == ["True slept", "slept"]


@pytest.fixture
def sentry(shop: Shop) -> Iterator[Sentry]:
    running = Sentry()
    shop.shell.env["SENTRY_DSN"] = running.dsn
    yield running
    del shop.shell.env["SENTRY_DSN"]
    running.close()


def test_sentry_gets_the_failure_of_a_python_task(shop: Shop, sentry: Sentry) -> None:
    shop.install("sentry-sdk")
    write_app(shop, "sentry_shop", SENTRY)
    shop.write("send.py", SEND)

    with celery(shop, "sentry_shop", "worker", r"ready\."):
        shop.shell.run("", f"{PYTHON} ../shop/send.py sentry_shop.fail sentry_shop")

        event = sentry.wait_for()
        assert error_of(event) == ("ArithmeticError", "no such number")
        assert event["extra"]["celery-job"]["task_name"] == "sentry_shop.fail"


def test_sentry_gets_the_failure_of_a_javascript_task(shop: Shop, sentry: Sentry) -> None:
    shop.install_node("@sentry/node")
    [recipe] = re.findall(r"```js\n(.*?)```", sections()["Sentry"], re.DOTALL)
    shop.write("sentry_worker.mjs", recipe + SENTRY_NODE_WORKER)
    shop.write("send.py", SEND)
    worker = shop.shell.start("", "node ../shop/sentry_worker.mjs")
    try:
        worker.wait_for_log("ready", STARTS_WITHIN_S)
        shop.shell.run("", f"{PYTHON} ../shop/send.py sentry_node.fail sentry_node")

        assert error_of(sentry.wait_for(task="sentry_node.fail")) == ("RangeError", "no such number")
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("name", "packages", "schema"),
    [("valibot", ["valibot", "@valibot/to-json-schema"], VALIBOT), ("arktype", ["arktype"], ARKTYPE)],
    ids=["valibot", "arktype"],
)
def test_a_schema_checks_arguments_and_is_in_the_contract(
    shop: Shop, name: str, packages: list[str], schema: str
) -> None:
    shop.install_node("typescript", *packages)
    folder = shop.folder / name / "tasks"
    folder.mkdir(parents=True, exist_ok=True)
    shop.write("tsconfig.json", "{}")
    shop.write(f"{name}/package.json", '{ "type": "module" }')
    shop.write(f"{name}/tasks/reports.js", SCHEMA_TASK % schema)
    shop.write(f"{name}/schemas.js", SCHEMAS)

    printed = shop.shell.run("", f"node ../shop/{name}/schemas.js")

    described = json.loads(printed[0])["properties"]
    assert described == {"name": {"type": "string", "minLength": 1}}
    assert printed[1] == "ACME"
    assert printed[2].startswith("render() got an invalid argument: customer.name: ")
