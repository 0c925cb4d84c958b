"""What a run needs: a server, workers of one language, a full queue, and counters to read."""

import os
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from celery import Celery
from redis import Redis

from scripts.paths import ROOT
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

QUEUES = {"python": "py-queue", "node": "js-queue"}
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Messages per round trip while the queue is filled.
BATCH = 2000


@dataclass(frozen=True)
class Counters:
    """What the server and the workers have used so far."""

    server_s: float
    server_bytes: int
    commands: int
    workers_s: float
    memory: int


def start_workers(factory: WorkerFactory, language: str, pods: int) -> list[Program]:
    """Starts workers with the settings of configmaps/: two tasks at a time in Python, ten in Node."""
    if language == "node":
        script = ROOT / "tests" / "scaling" / "js_worker.mjs"
        return [factory.node(script=script, wait=False, arguments=["-n", f"js{n}@%h"]) for n in range(pods)]
    return [
        factory.python(app="tests.scaling.py_worker", cwd=ROOT, wait=False, env=_path()) for _ in range(pods)
    ]


def wait_until_ready(workers: list[Program]) -> None:
    """Waits until all of them consume."""
    for worker in workers:
        wait_until(partial(_is_ready, worker), 90, f"{worker.name} being ready")


def messages(server: ValkeyServer, language: str, seconds: float, count: int) -> list[str]:
    """Messages as a Python client sends them, each with its own ids."""
    app = Celery("client", broker=server.url, set_as_current=False)
    sent = app.send_task(f"scaling.{language}", [seconds], queue="template")
    raw = str(server.client.rpop("template"))
    app.close()
    tag = raw.partition('"delivery_tag": "')[2].partition('"')[0]
    assert tag, raw
    # The queue's name is in the message too.
    raw = raw.replace('"template"', f'"{QUEUES[language]}"')
    return [raw.replace(sent.id, str(uuid.uuid4())).replace(tag, str(uuid.uuid4())) for _ in range(count)]


def fill(client: "Redis", language: str, waiting: list[str]) -> None:
    """Puts messages into the language's queue."""
    for start in range(0, len(waiting), BATCH):
        client.lpush(QUEUES[language], *waiting[start : start + BATCH])


def read_counters(client: "Redis", workers: list[Program]) -> Counters:
    """Reads them; the reading itself is not counted."""
    info = client.info("everything")
    own = ("cmdstat_info", "cmdstat_dbsize")
    commands = sum(
        stat["calls"] for name, stat in info.items() if name.startswith("cmdstat_") and name not in own
    )
    return Counters(
        server_s=info["used_cpu_user"] + info["used_cpu_sys"],
        server_bytes=info["total_net_input_bytes"] + info["total_net_output_bytes"],
        commands=commands,
        workers_s=sum(_processor_s(worker.pid) for worker in workers),
        memory=info["used_memory"],
    )


def _processor_s(pid: int) -> float:
    """The processor time of a process and of the processes that it has started."""
    total, known = 0.0, {pid}
    for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) in known or int(stat.parent.name) == pid:
            known.add(int(stat.parent.name))
            total += (int(fields[11]) + int(fields[12])) / TICKS_PER_S
    return total


def _is_ready(worker: Program) -> bool:
    return "ready" in worker.log


def _path() -> dict[str, str]:
    return {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'python'}"}
