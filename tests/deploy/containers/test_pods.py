"""The containers under their pods' settings: rights, probes, memory, stopping, and that nothing is lost."""

import json
import time

import pytest
from celery import Celery
from celery.result import AsyncResult

from tests.deploy.containers.conftest import StartPod
from tests.deploy.containers.pods import Pod, Replicas
from tests.support.docker import Ledger, run
from tests.support.waiting import wait_until

pytestmark = pytest.mark.timeout(600)

LANGUAGES = {"py": "py_workers.tasks.compose.work.work", "js": "js_workers.tasks.compose.work.work"}
WORKERS = [f"{language}-worker" for language in LANGUAGES]
MIB = 2**20
# So many tasks keep the pods busy while they are replaced, or scaled.
ROLLING = {"py": 500, "js": 2500}
SCALING = {"py": 300, "js": 1500}


def send(client: Celery, language: str, label: str, seconds: float = 0) -> AsyncResult[str]:
    result: AsyncResult[str] = client.send_task(LANGUAGES[language], [label, seconds])
    return result


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_gets_ready_and_runs_a_task(start: StartPod, client: Celery, name: str) -> None:
    pod = start(name)

    seconds = pod.wait_until_ready()

    print(f"{name} was ready after {seconds:.1f} s")
    assert pod.probe("liveness")
    assert pod.status("/metrics") == 200
    assert send(client, name[:2], f"first-{name}").get(timeout=20) == f"first-{name}"


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_has_only_the_rights_of_its_pod(start: StartPod, name: str) -> None:
    pod = start(name)
    pod.wait_until_ready()

    assert pod.exec("id", "-u").strip() == "1000"
    assert pod.exec("grep", "CapEff", "/proc/1/status").split()[1] == "0" * 16
    assert pod.exec("grep", "NoNewPrivs", "/proc/1/status").split()[1] == "1"
    pod.exec("touch", "/tmp/file")  # noqa: S108 - in the container
    pod.exec("touch", "/app/file", ok=(1,))
    pod.exec("sh", "-c", "mkdir -p ~/.cache/library")  # where libraries expect to write


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_needs_little_of_its_memory(start: StartPod, client: Celery, name: str) -> None:
    pod = start(name)
    pod.wait_until_ready()
    for result in [send(client, name[:2], f"memory-{name}-{n}") for n in range(500)]:
        result.get(timeout=60)

    limit = int(run("docker", "inspect", "--format", "{{.HostConfig.Memory}}", pod.name))
    used = memory_in_use(pod)

    print(f"{name} uses {used / MIB:.0f} of {limit / MIB:.0f} MiB")
    assert used < limit / 2


def test_a_node_worker_keeps_its_heap_below_its_memory(start: StartPod) -> None:
    pod = start("js-worker")
    pod.wait_until_ready()

    heap = int(pod.exec("node", "-p", "v8.getHeapStatistics().heap_size_limit"))

    assert heap < int(run("docker", "inspect", "--format", "{{.HostConfig.Memory}}", pod.name))


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_lives_unready_while_the_server_is_away(start: StartPod, valkey: Pod, name: str) -> None:
    pod = start(name)
    pod.wait_until_ready()

    run("docker", "pause", valkey.name)
    try:
        wait_until(lambda: not pod.probe("readiness"), 30, "not ready")
        assert pod.probe("liveness")
    finally:
        run("docker", "unpause", valkey.name)
    wait_until(lambda: pod.probe("readiness"), 30, "ready again")


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_stops_within_its_grace_period(
    start: StartPod, client: Celery, ledger: Ledger, name: str
) -> None:
    """It waits for the task that takes longer than the drain, puts it back, and a new pod runs it again."""
    pod = start(name)
    pod.wait_until_ready()
    label = f"long-{name}"
    result = send(client, name[:2], label, 40)
    wait_until(lambda: ledger.counts("start", label), 20, "its start")

    seconds = pod.stop()

    state = pod.state
    print(f"{name} stopped after {seconds:.1f} s with {state['ExitCode']}")
    assert 20 < seconds < pod.workload.pod["terminationGracePeriodSeconds"] - 10
    assert (state["OOMKilled"], state["ExitCode"] in (0, 1)) == (False, True)
    start(name).wait_until_ready()
    wait_until(
        lambda: ledger.counts("start", label)[label] == 2, 20, "its second start, before its lease ends"
    )
    result.forget()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rolling_update_under_load_loses_nothing(
    start: StartPod, client: Celery, ledger: Ledger, language: str
) -> None:
    replicas = Replicas(lambda: start(f"{language}-worker"), 2)
    label = f"roll-{language}-"
    count = ROLLING[language]
    results = [send(client, language, f"{label}{n}", 0.2) for n in range(count)]
    wait_until(lambda: ledger.counts("end", label), 30, "some of them being done")

    replicas.roll()

    results += [send(client, language, f"{label}{n}", 0.01) for n in range(count, count + 50)]
    assert [result.get(timeout=120) for result in results] == [f"{label}{n}" for n in range(count + 50)]
    assert set(ledger.counts("start", label).values()) == {1}, "each ran once"
    assert [pod.state["ExitCode"] for pod in replicas.ended] == [0, 0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_scaling_from_one_to_four_and_back_loses_nothing(
    start: StartPod, client: Celery, ledger: Ledger, language: str
) -> None:
    replicas = Replicas(lambda: start(f"{language}-worker"), 1)
    label = f"scale-{language}-"
    count = SCALING[language]
    results = [send(client, language, f"{label}{n}", 0.3) for n in range(count)]
    wait_until(lambda: ledger.counts("start", label), 30, "the first start")

    replicas.scale(4)
    four = {pod.name for pod in replicas.pods}
    wait_until(
        lambda: {host for name, host in ledger.entries("start") if name.startswith(label)} == four,
        60,
        "all four at work",
    )
    since = time.monotonic()
    replicas.scale(1)
    print(f"three {language} pods stopped in {time.monotonic() - since:.1f} s")

    assert [result.get(timeout=180) for result in results] == [f"{label}{n}" for n in range(count)]
    assert set(ledger.counts("start", label).values()) == {1}, "each ran once"


def test_beat_gets_ready_and_stops(start: StartPod) -> None:
    pod = start("beat")

    pod.wait_until_ready()

    assert pod.state["Running"]
    pod.stop()
    assert pod.state["ExitCode"] == 0


def test_flower_answers_its_probes_and_asks_for_a_password(start: StartPod) -> None:
    pod = start("flower")

    pod.wait_until_ready()

    assert pod.status("/api/workers") == 401


def memory_in_use(pod: Pod) -> int:
    """What counts against the limit: without the file cache that the kernel can give back."""
    used = json.loads(run("docker", "stats", "--no-stream", "--format", "{{json .MemUsage}}", pod.name))
    number, unit = used.split("iB")[0][:-1], used.split("iB")[0][-1]
    return int(float(number) * {"K": 2**10, "M": 2**20, "G": 2**30}[unit])
