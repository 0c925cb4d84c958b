"""The Python client: python_client.py PORT MODE COUNT.

It prints a line when it is ready, waits for a line, works, and prints its figures as JSON. BENCH_DELIVERY is
``early`` (stock Celery) or ``reliable`` (celery_reliable).
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable

import celery
from celery.result import AsyncResult, GroupResult

PORT, MODE, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
URL = f"redis://127.0.0.1:{PORT}/0"
TASK = "bench.add"
WARM_UP = 100
TIMEOUT_S = 60

app = celery.Celery("bench", broker=URL, backend=URL)
app.conf.task_default_queue = "bench"
if os.environ.get("BENCH_DELIVERY") == "reliable":
    import celery_reliable

    celery_reliable.install(app)


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Measure the rate of what is done COUNT times, and its CPU."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"perSecond": COUNT / seconds, "clientCpuUs": cpu / COUNT * 1e6}


def send_group() -> dict[str, float]:
    """Send one group of COUNT tasks."""
    tasks = celery.group(app.signature(TASK, (number, 1)) for number in range(COUNT))
    return timed(tasks.apply_async)


def read_group() -> dict[str, float]:
    """Read the COUNT results of a group, which are stored."""
    results = GroupResult(
        "bench", [AsyncResult(f"bench-{number}", app=app) for number in range(COUNT)], app=app
    )
    return timed(lambda: results.join_native(timeout=TIMEOUT_S))


def latency(workflow: Callable[[], object]) -> dict[str, float]:
    """Run a workflow many times, one after the other."""
    times = []
    for _ in range(WARM_UP + COUNT):
        started = time.perf_counter()
        workflow().apply_async().get(timeout=TIMEOUT_S)
        times.append((time.perf_counter() - started) * 1000)
    times = sorted(times[WARM_UP:])
    return {"p50Ms": times[COUNT // 2], "p99Ms": times[int(COUNT * 0.99)]}


def chord_of_10() -> object:
    """Ten tasks, and one that takes their results."""
    return celery.chord(
        [app.signature(TASK, (number, 1)) for number in range(10)], app.signature("bench.total")
    )


def chain_of_10() -> object:
    """Ten tasks, each of which takes the result of the one before."""
    return celery.chain(app.signature(TASK, (1, 1)), *(app.signature(TASK, (1,)) for _ in range(9)))


MODES = {
    "group": send_group,
    "read": read_group,
    "chord": lambda: latency(chord_of_10),
    "chain": lambda: latency(chain_of_10),
}

if MODE in ("group", "read"):
    app.send_task(TASK, (0, 1), queue="other")
print(json.dumps("ready"), flush=True)
sys.stdin.readline()
print(json.dumps(MODES[MODE]()), flush=True)
sys.stdin.readline()
