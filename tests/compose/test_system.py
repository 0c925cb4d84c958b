"""The whole system in containers: started, scaled, killed, restarted and removed.

The tests share the containers and run in this order.
"""

import subprocess
import time

import pytest
from celery import Celery
from celery.result import AsyncResult
from kombu.exceptions import OperationalError

from scripts import server
from scripts.demo import JS_CLIENT_LINES, PYTHON_CLIENT_LINES
from scripts.environment import server_variables
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, VENV_PYTHON
from tests.compose.system import LANGUAGES, System
from tests.support.flower import PASSWORD, Flower
from tests.support.waiting import wait_until

pytestmark = pytest.mark.timeout(900)

# Two looks that fail, 15 s apart, and what they take.
UNHEALTHY_WITHIN_S = 60.0
LEASE_S = 5.0


def send(client: Celery, language: str, label: str, seconds: float = 0) -> AsyncResult[str]:
    """Sends a task, again and again while the server cannot be reached."""

    def sent() -> AsyncResult[str] | None:
        try:
            return client.send_task(LANGUAGES[language], [label, seconds])
        except OperationalError:
            return None

    result: AsyncResult[str] = wait_until(sent, 60, "a send")
    return result


def test_both_clients_on_the_host_get_their_lines(running: System) -> None:
    env = {**running.env, **server_variables(running.url)}
    for command, folder, expected in (
        (["node", "js_workers/client_example.js"], NODE_PROJECT, JS_CLIENT_LINES),
        ([str(VENV_PYTHON), "py_workers/client_example.py"], PYTHON_PROJECT, PYTHON_CLIENT_LINES),
    ):
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
        assert done.stdout.splitlines() == list(expected), done.stderr


@pytest.mark.parametrize("service", ["py_worker", "js_worker", "valkey"])
def test_a_container_cannot_write_to_its_own_file_system(running: System, service: str) -> None:
    (container,) = running.containers(service).values()
    assert running.exit_code(container, "sh", "-c", "touch /tmp/file") == 0
    assert running.exit_code(container, "sh", "-c", "touch /usr/file") != 0


def test_the_server_listens_on_the_loopback_interface_alone(running: System) -> None:
    assert running.run("docker", "port", *running.containers("valkey").values()).split() == [
        "6379/tcp", "->", f"127.0.0.1:{running.port}",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_workers_of_a_language_share_its_tasks(running: System, client: Celery, language: str) -> None:
    running.compose("up", "--detach", "--wait", "--no-recreate", "--scale", f"{language}_worker=3")
    results = [send(client, language, f"scale-{language}-{n}", 0.5) for n in range(90)]
    for result in results:
        result.get(timeout=60)
    hosts = {host for label, host in running.entries("end") if label.startswith(f"scale-{language}-")}
    assert hosts == set(running.containers(f"{language}_worker"))
    assert set(running.counts("start", f"scale-{language}-").values()) == {1}


def test_another_container_finishes_a_killed_ones_task(running: System, client: Celery) -> None:
    running.compose("up", "--detach", "--wait", "--no-recreate", "--scale", "js_worker=2")
    result = send(client, "js", "kill", 8)
    ((_, host),) = wait_until(
        lambda: [e for e in running.entries("start") if e[0] == "kill"], 20, "its start"
    )
    running.run("docker", "kill", running.containers("js_worker")[host])
    since = time.monotonic()
    assert result.get(timeout=LEASE_S + 15 + 8) == "kill"
    print(f"finished elsewhere {time.monotonic() - since:.1f} s after the kill, 8 s of it its own")
    assert running.counts("start", "kill") == {"kill": 2}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_container_that_is_stopped_loses_nothing(running: System, client: Celery, language: str) -> None:
    """It finishes what runs, puts back what it has reserved, and a second one does that, each task once."""
    prefix = f"stop-{language}-"
    results = [send(client, language, f"{prefix}{n}", 1) for n in range(40)]
    wait_until(lambda: running.counts("start", prefix), 20, "the first start")
    (name,) = running.containers(f"{language}_worker").values()
    running.run("docker", "stop", "--time", "45", name)
    stopped = running.run("docker", "inspect", "--format", "{{.State.ExitCode}} {{.State.OOMKilled}}", name)
    assert stopped.split() == ["0", "false"]
    running.run("docker", "start", name)
    assert [result.get(timeout=60) for result in results] == [f"{prefix}{n}" for n in range(40)]
    assert set(running.counts("start", prefix).values()) == {1}


def test_a_restart_of_the_server_under_load_loses_no_javascript_task(running: System, client: Celery) -> None:
    results = [send(client, "js", f"restart-{n}", 0.2) for n in range(200)]
    wait_until(lambda: len(running.counts("end", "restart-")) > 5, 30, "some of them being done")
    running.compose("restart", "valkey")
    results += [send(client, "js", f"restart-{n}", 0.2) for n in range(200, 300)]
    wait_until(lambda: len(running.counts("end", "restart-")) == 300, 120, "all of them being done")
    assert set(running.counts("start", "restart-").values()) == {1}
    assert all(result.get(timeout=30) for result in results)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_workers_consume_again_after_a_server_crash(
    running: System, client: Celery, language: str
) -> None:
    running.compose("kill", "--signal", "KILL", "valkey")
    running.compose("up", "--detach", "--wait", "valkey")
    assert send(client, language, f"crash-{language}").get(timeout=60) == f"crash-{language}"


@pytest.mark.parametrize("service", ["py_worker", "js_worker"])
def test_a_worker_is_unhealthy_while_it_cannot_consume(running: System, service: str) -> None:
    (container,) = running.containers(service).values()
    running.compose("stop", "valkey")
    wait_until(lambda: running.health(container) == "unhealthy", UNHEALTHY_WITHIN_S, "unhealthy")
    running.compose("start", "valkey")
    # The other one, too: `make workers_up` of the next test gives up on an unhealthy container.
    both = [each for name in ("py_worker", "js_worker") for each in running.containers(name).values()]
    wait_until(
        lambda: all(running.health(each) == "healthy" for each in both), UNHEALTHY_WITHIN_S, "healthy again"
    )


def test_a_python_worker_with_a_cancelled_queue_is_unhealthy(running: System, client: Celery) -> None:
    (container,) = running.containers("py_worker").values()
    client.control.cancel_consumer("py-queue", reply=True)
    wait_until(lambda: running.health(container) == "unhealthy", UNHEALTHY_WITHIN_S, "unhealthy")
    client.control.add_consumer("py-queue", reply=True)
    wait_until(lambda: running.health(container) == "healthy", UNHEALTHY_WITHIN_S, "healthy again")


def test_flower_shows_both_workers_behind_its_password(running: System) -> None:
    running.run("make", "workers_up", f"PORT={running.port}", "MONITOR=1", ok=(2,))
    flower = Flower(server.free_port())
    running.env |= {"FLOWER_PORT": str(flower.port), "FLOWER_PASSWORD": PASSWORD}
    running.run("make", "workers_up", f"PORT={running.port}", "MONITOR=1")
    assert running.run("docker", "port", *running.containers("flower").values()).split() == [
        "5555/tcp", "->", f"127.0.0.1:{flower.port}",
    ]  # fmt: skip
    names = flower.get("/api/workers?refresh=1").body
    assert sorted(name.partition("@")[0] for name in names) == ["js", "py"]
    assert flower.get("/api/workers", "guess").status == 401
    running.compose("--profile", "monitor", "rm", "--stop", "--force", "flower")


def test_workers_down_keeps_tasks_that_wait(running: System, client: Celery) -> None:
    running.compose("stop", "py_worker", "js_worker")
    result = send(client, "js", "kept")
    assert "js-queue" in running.run("make", "workers_down")
    running.run("make", "workers_up", f"PORT={running.port}")
    assert result.get(timeout=30) == "kept"


def test_workers_down_leaves_nothing(running: System) -> None:
    running.run("make", "workers_down")
    assert running.left_behind() == {"containers": [], "networks": [], "volumes": []}
