"""What a Python service does with jobs, each as a function; prints what is wrong with each as JSON."""

import asyncio
import gc
import importlib
import inspect
import json
import sys
import threading
import time
import uuid
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis

TIMEOUT_S = 20
url, package, nowhere = sys.argv[1:]
client: Any = importlib.import_module(package)
jobs: Any = client.connect(url)
js, py = jobs.js.flow, jobs.py.flow


def raised(call: Callable[[], object]) -> BaseException:
    """Return what a call raises."""
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def a_chain_over_both_languages() -> None:
    assert (js.double.s(1) | py.double.s() | js.double.s()).delay().get(timeout=TIMEOUT_S) == 8
    assert client.chain(js.double.si(1), py.total.s(1)).celery.tasks


def a_step_with_further_arguments() -> None:
    calls = [js.double.s(1), py.double.s(2)]
    assert client.chord(calls, py.total.s(10)).delay().get(timeout=TIMEOUT_S) == 16
    assert (client.group(calls) | js.total.s()).delay().get(timeout=TIMEOUT_S) == 6


def an_immutable_step() -> None:
    assert (js.double.s(1) | py.double.si(5)).delay().get(timeout=TIMEOUT_S) == 10


def a_group() -> None:
    made = client.group(task.double.s(i) for i, task in enumerate([js, py, js]))
    assert made.delay().get(timeout=TIMEOUT_S) == [0, 2, 4]


def progress() -> None:
    for flow in (js, py):
        seen: list[int] = []
        job = flow.progress.apply_async((3,), countdown=0.5)
        assert job.get(timeout=TIMEOUT_S, on_progress=lambda each, seen=seen: seen.append(each.done)) == 3
        assert seen, "no progress"
        assert seen == sorted(seen)


def the_error_of_a_task() -> None:
    error = raised(lambda: py.fail.delay("no such customer").get(timeout=TIMEOUT_S))
    assert isinstance(error, LookupError), repr(error)
    assert error.args == ("no such customer",)
    error = raised(lambda: js.fail.delay("no such customer").get(timeout=TIMEOUT_S))
    assert (type(error).__name__, str(error)) == ("RangeError", "no such customer"), repr(error)


def the_error_of_an_earlier_task() -> None:
    chain = js.fail.s("early") | py.double.s()
    assert "early" in str(raised(lambda: chain.delay().get(timeout=TIMEOUT_S)))


def no_result_in_time() -> None:
    job = js.double.s(1).apply_async(countdown=60)
    error = raised(lambda: job.get(timeout=0.2))
    assert isinstance(error, TimeoutError), repr(error)
    assert isinstance(error, client.TimeoutError)
    assert str(error) == f"task js_tasks.tasks.flow.double[{job.id}] is PENDING after 0.2 s"
    job.revoke()


def wrong_arguments() -> None:
    error = raised(lambda: js.double.delay(1, 2))
    assert str(error) == "js_tasks.tasks.flow.double: too many positional arguments; it takes (x)"
    assert "missing a required argument: 'x'" in str(raised(lambda: js.double.delay(y=1)))
    assert "missing a required argument: 'x'" in str(raised(lambda: js.double.apply_async(countdown=1)))
    error = raised(lambda: js.total.apply_async(([1],), kwargs={"more": 2}))
    assert "apply_async() takes arguments by position: give those by name to s()" in str(error)


def a_job_by_its_id() -> None:
    job = js.double.delay(4)
    job.get(timeout=TIMEOUT_S)
    again = js.double.job(job.id)
    assert (again.state, again.ready(), again.look().result, again.get()) == ("SUCCESS", True, 8, 8)
    again.forget()
    assert js.double.job(job.id).state == "PENDING"


def what_is_published_is_no_result() -> None:
    if not url:  # the environment names the servers: PostgreSQL publishes no results
        return
    with redis.from_url(url) as server, ThreadPoolExecutor() as pool:
        for junk in (b"null", b"5", b"{}", b'{"status": 5}', b"{oops", b"\xff"):
            job = js.double.job(str(uuid.uuid4()))
            key = f"celery-task-meta-{job.id}"
            meta = {"status": "SUCCESS", "result": 3, "traceback": None, "children": [], "task_id": job.id}
            waiting = [
                pool.submit(job.get, timeout=TIMEOUT_S),
                pool.submit(asyncio.run, wait(job)),
            ]
            while server.publish(key, junk) < len(waiting):
                time.sleep(0.01)
            server.publish(key, junk)
            server.set(key, json.dumps(meta))
            server.publish(key, json.dumps(meta))
            assert [each.result() for each in waiting] == [3, 3], junk


def a_deprecated_task_warns() -> None:
    task = inspect.getattr_static(type(js), "fail")
    assert type(task).__name__ == "DeprecatedTask"
    assert task.__doc__ == "Deprecated: It only fails."


def awaiting() -> None:
    async def many() -> list[int]:
        threads = threading.active_count()
        jobs = [task.double.delay(i) for i in range(100) for task in (js, py)]
        results = asyncio.gather(*jobs)
        ticks = 0
        while not results.done():
            ticks += 1
            assert threading.active_count() <= threads
            await asyncio.sleep(0.005)
        assert ticks > 1, "the loop was blocked"
        return await results

    expected = [2 * i for i in range(100) for _ in range(2)]
    assert asyncio.run(many()) == expected
    assert asyncio.run(many()) == expected  # a second loop has its own connections


def awaiting_a_failure() -> None:
    async def one() -> None:
        async with asyncio.timeout(TIMEOUT_S):
            await py.fail.delay("awaited")

    assert isinstance(raised(lambda: asyncio.run(one())), LookupError)


def awaiting_with_a_limit() -> None:
    async def one() -> None:
        async with asyncio.timeout(0.2):
            await js.double.s(1).apply_async(countdown=60)

    assert isinstance(raised(lambda: asyncio.run(one())), TimeoutError)


def event_loops_that_end_while_their_reader_connects() -> None:
    done = js.double.delay(1)
    done.get(timeout=30)

    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

    async def one() -> int:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        return int(await js.double.job(done.id))

    assert [asyncio.run(one()) for _ in range(100)] == [2] * 100
    gc.collect()
    assert sum(loop() is not None for loop in loops) <= 1, "closed loops are dropped with the next one"


def states() -> None:
    async def names() -> list[str]:
        job = js.progress.s(3).apply_async(countdown=0.3)
        return [state.name async for state in job.states()]

    seen = asyncio.run(names())
    assert (seen[0], seen[-1]) == ("PENDING", "SUCCESS"), seen
    assert "PROGRESS" in seen


def a_retry_is_one_state() -> None:
    if not url:  # the environment names the servers: this one writes a result as workers do
        return
    job = js.double.job(str(uuid.uuid4()))
    error = {"exc_type": "ValueError", "exc_message": ["not yet"], "exc_module": "builtins"}
    stored = {"traceback": None, "children": [], "task_id": job.id}
    key = f"celery-task-meta-{job.id}"

    seen: list[str] = []

    async def watch() -> None:
        async for state in job.states():
            seen.append(state.name)

    with redis.from_url(url) as server, ThreadPoolExecutor() as pool:
        server.set(key, json.dumps({"status": "RETRY", "result": error, **stored}))
        watching = pool.submit(asyncio.run, watch())
        for status in ("RETRY", "SUCCESS"):
            while not seen:
                time.sleep(0.01)
            result = error if status == "RETRY" else 3
            server.set(key, json.dumps({"status": status, "result": result, **stored}))
            server.publish(key, server.get(key))
            time.sleep(0.2)
        watching.result()
    assert seen == ["RETRY", "SUCCESS"]


def a_server_that_is_away() -> None:
    away = client.connect(nowhere).js.flow.double
    calls: dict[str, Callable[[], object]] = {
        "delay": lambda: away.delay(1),
        "chain": lambda: (away.s(1) | away.s()).delay(),
        "get": lambda: away.job("id").get(timeout=30),
        "await": lambda: asyncio.run(wait(away.job("id"))),
        "state": lambda: away.job("id").state,
        "revoke": lambda: away.job("id").revoke(),
    }
    for name, call in calls.items():
        since = time.monotonic()
        error = raised(call)
        assert isinstance(error, client.OperationalError), f"{name}: {error!r}"
        assert time.monotonic() - since < 15, f"{name} took {time.monotonic() - since:.1f} s"
        assert "cannot reach the jobs'" in str(error)


async def wait(job: Any) -> Any:
    return await job


checks = [
    value
    for value in list(vars().values())
    if inspect.isfunction(value) and not inspect.iscoroutinefunction(value)
]
found = {}
for check in checks[1:]:
    try:
        check()
        found[check.__name__] = ""
    except Exception as error:  # the test shows it
        found[check.__name__] = repr(error)
sys.stdout.write(json.dumps(found))
