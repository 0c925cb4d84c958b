"""From costs per task to pods, servers and memory: the arithmetic behind the examples of docs/scaling.md."""

import math
from dataclasses import dataclass

# Workers and servers are planned to be this busy on average, which leaves room for peaks and for a lost node.
BUSY = 0.7
SERVER_BUSY = 0.5
# The examples' task waits this long for other services.
TASK_S = 0.1
# Tasks at a time in a pod: JOBS_JS_CONCURRENCY, JOBS_PY_CONCURRENCY.
PER_POD = {"node": 10, "python": 2}


@dataclass(frozen=True)
class Costs:
    """Per task: processor time of the server and of a worker by language, bytes of a message and a result.

    `idle_us` is the server's processor time in a second for a worker without tasks.
    """

    server_us: dict[str, float]
    idle_us: dict[str, float]
    worker_us: dict[str, float]
    message_bytes: float
    result_bytes: float


@dataclass(frozen=True)
class Size:
    """What a rate of tasks needs."""

    rate: int
    pods: dict[str, int]
    cores: dict[str, float]
    server_core: dict[str, float]
    servers: dict[str, int]
    backlog_mib: float
    results_mib: float


def size(rate: int, costs: Costs, task_s: float = TASK_S) -> Size:
    """Returns the pods if all tasks were of one language, and the servers.

    The backlog is of an hour without workers; the results are kept for a day.
    """
    cores = {language: rate * us / 1e6 for language, us in costs.worker_us.items()}
    pods = {
        language: max(
            math.ceil(rate * task_s / PER_POD[language] / BUSY),  # enough places
            # and enough processors: one event loop uses one, two processes use two
            math.ceil(cores[language] / {"node": 1, "python": 2}[language] / BUSY),
        )
        for language in costs.worker_us
    }
    server_core = {
        language: (rate * costs.server_us[language] + pods[language] * costs.idle_us[language]) / 1e6
        for language in pods
    }
    return Size(
        rate=rate,
        pods=pods,
        cores=cores,
        server_core=server_core,
        servers={language: math.ceil(core / SERVER_BUSY) for language, core in server_core.items()},
        backlog_mib=rate * 3600 * costs.message_bytes / 2**20,
        results_mib=rate * 86400 * costs.result_bytes / 2**20,
    )
