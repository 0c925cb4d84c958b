"""A client gets its results, or soon one clear error."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery.exceptions import OperationalError
from redis import Redis

from tests.conftest import ProjectCopy, StartWorker, client_app, environment_for
from tests.processes import Server, free_port

ADD = "py_workers.tasks.example.arithmetic.add"
SHORT_PATIENCE = {"broker_transport_options": {"socket_timeout": 0.1}, "redis_socket_timeout": 0.1}
PARAMETERS = (
    "?virtual_host=3&socket_timeout=4.5&socket_connect_timeout=3"
    "&socket_keepalive=true&health_check_interval=1"
)
JS_ADD = """\
from py_workers.worker import celery_app


@celery_app.task(name="js_workers.tasks.example.arithmetic.add")
def add(x, y):
    return x + y
"""
DELAY = """\
from py_workers.tasks.example.arithmetic import add

print(add.delay(3, 4).get(timeout=20))
"""


@pytest.mark.parametrize("query", ["", PARAMETERS], ids=["no parameters", "parameters"])
def test_the_example_prints_both_results(
    query: str, project: ProjectCopy, server: Server, start_worker: StartWorker
) -> None:
    url = server.url + query
    project.write_task_module("stand_in/for_js.py", JS_ADD)
    start_worker(url, JOBS_PY_QUEUES="py-queue, js-queue").wait_for("ready.")

    client = _run_example(project, url)

    assert client.stdout.splitlines() == [
        "Result executed by python worker from python client: 4 + 2 = 6",
        "Result executed by js worker from python client: 2 + 2 = 4",
    ]
    assert client.returncode == 0
    assert client.stderr == ""


def test_the_example_says_in_one_line_that_the_server_is_not_there(project: ProjectCopy) -> None:
    port = free_port()

    client = _run_example(project, f"redis://user:hunter2@127.0.0.1:{port}/0")

    assert client.returncode == 1
    assert client.stdout == ""
    assert client.stderr == (
        "Cannot reach the server (JOBS_BROKER_URL, JOBS_RESULT_BACKEND): "
        f"Error 111 connecting to 127.0.0.1:{port}. Connection refused.\n"
    )


def test_the_example_says_in_one_line_that_the_server_never_answers(
    project: ProjectCopy, silent_server: str
) -> None:
    file = project.folder / "py_workers" / "client_example.py"
    file.write_text(file.read_text().replace('"socket_timeout": 5', '"socket_timeout": 0.5'))

    client = _run_example(project, silent_server)

    assert client.returncode == 1
    assert client.stderr == (
        "Cannot reach the server (JOBS_BROKER_URL, JOBS_RESULT_BACKEND): Timeout reading from socket\n"
    )


def test_the_example_names_a_refused_parameter_in_one_line(project: ProjectCopy) -> None:
    client = _run_example(project, "redis://127.0.0.1:1/0?sokcet_timeout=3")

    assert client.returncode == 1
    assert client.stderr.startswith(
        "JOBS_BROKER_URL or JOBS_RESULT_BACKEND has a parameter that Celery does not take: "
    )
    (line,) = client.stderr.splitlines()
    assert "'sokcet_timeout'" in line, 'Python 3.12 and newer add "Did you mean ...?"'


def test_the_example_names_a_missing_parameter_in_one_line(project: ProjectCopy) -> None:
    client = _run_example(project, "sentinel://127.0.0.1:1/0")

    assert client.returncode == 1
    assert client.stderr == (
        "JOBS_BROKER_URL or JOBS_RESULT_BACKEND lacks the parameter 'master_name', which sentinel:// needs\n"
    )


@pytest.mark.parametrize("package", ["sqlalchemy", "psycopg"])
def test_the_example_names_the_command_that_installs_a_missing_package(
    package: str, project: ProjectCopy, server: Server
) -> None:
    without = project.folder.parent / "without.py"
    file = project.folder / "py_workers" / "client_example.py"
    without.write_text(
        f"import runpy, sys\nsys.modules[{package!r}] = None\n"
        f"runpy.run_path({str(file)!r}, run_name='__main__')\n"
    )
    environment = environment_for(server.url, JOBS_RESULT_BACKEND="db+postgresql://u:hunter2@127.0.0.1:1/x")

    client = _run([str(without)], project.folder.parent, environment)

    assert client.returncode == 1
    (line,) = client.stderr.splitlines()
    assert line.startswith("JOBS_RESULT_BACKEND cannot be used: ")
    assert line.endswith('; db+postgresql:// needs make py-add PKG="sqlalchemy psycopg[binary]"')
    assert package in line


def test_the_example_names_the_variable_with_an_unknown_scheme(project: ProjectCopy, server: Server) -> None:
    client = _run_example(project, server.url, JOBS_RESULT_BACKEND="postgres://u:hunter2@127.0.0.1:1/x")

    assert client.returncode == 1
    (line,) = client.stderr.splitlines()
    assert line.startswith("JOBS_RESULT_BACKEND cannot be used: No module named 'postgres'; ")


def test_the_example_says_in_one_line_that_postgresql_is_not_there(
    project: ProjectCopy, server: Server
) -> None:
    client = _run_example(
        project, server.url, JOBS_RESULT_BACKEND=f"db+postgresql://u:hunter2@127.0.0.1:{free_port()}/x"
    )

    assert client.returncode == 1
    (line,) = client.stderr.splitlines()
    assert line.startswith("Cannot reach the server (JOBS_BROKER_URL, JOBS_RESULT_BACKEND): ")
    assert "Connection refused" in line
    assert "hunter2" not in line


def test_the_example_says_in_one_line_that_no_result_comes(project: ProjectCopy, server: Server) -> None:
    file = project.folder / "py_workers" / "client_example.py"
    file.write_text(file.read_text().replace("RESULT_TIMEOUT_S = 30", "RESULT_TIMEOUT_S = 1"))

    client = _run_example(project, server.url)

    assert client.returncode == 1
    assert client.stderr == "No result within 1 s: is a worker of each language running?\n"


def test_a_task_of_the_template_finds_its_own_queue(
    project: ProjectCopy, server: Server, start_worker: StartWorker
) -> None:
    start_worker(server.url).wait_for("ready.")

    client = _run(["-c", DELAY], project.folder, environment_for(server.url, JOBS_DEFAULT_QUEUE="nobody"))

    assert client.stderr == ""
    assert client.stdout == "7\n"


def test_a_python_that_is_too_old_is_told_so_in_one_line(project: ProjectCopy) -> None:
    program = "import sys; sys.version_info = (3, 10, 4); import py_workers"
    old = subprocess.run(
        [sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=False
    )

    assert old.returncode == 1
    assert old.stderr == f"py_workers needs Python 3.11 or newer; this is Python 3.10 ({sys.executable})\n"


@pytest.mark.parametrize("ignore_result", [False, True])
def test_a_send_without_a_server_fails_within_two_seconds(ignore_result: bool) -> None:
    app = client_app(f"redis://127.0.0.1:{free_port()}/0")
    assert app.backend  # what is measured is the send, not how long this machine takes to import the backend

    def fails_in_time() -> bool:
        started = time.monotonic()
        with pytest.raises(OperationalError, match="Connection refused"):
            app.send_task(ADD, [1, 2], ignore_result=ignore_result)
        return time.monotonic() - started < 2

    assert any(fails_in_time() for _ in range(3)), "a busy machine may be late, but not each time"


def test_a_send_to_a_server_that_never_answers_fails(silent_server: str) -> None:
    app = client_app(silent_server, **SHORT_PATIENCE)

    with pytest.raises(OperationalError, match="Timeout"):
        app.send_task(ADD, [1, 2])


def test_a_send_with_tls_to_a_server_without_it_fails(server: Server) -> None:
    app = client_app(server.url.replace("redis:", "rediss:"), **SHORT_PATIENCE)

    with pytest.raises(OperationalError):
        app.send_task(ADD, [1, 2])


def test_a_client_works_again_once_the_server_is_there(tmp_path: Path, start_worker: StartWorker) -> None:
    port = free_port()
    server = Server(tmp_path, port)
    app = client_app(server.url)
    with pytest.raises(OperationalError):
        app.send_task(ADD, [1, 2])

    with server:
        start_worker(server.url).wait_for("ready.")
        assert app.send_task(ADD, [1, 2]).get(timeout=10) == 3


@pytest.mark.parametrize(
    "url",
    [
        "redis://:100%sure@127.0.0.1:{port}/2",
        "redis://:100%25sure@127.0.0.1:{port}?virtual_host=2&socket_timeout=3",
        "redis+socket://:100%sure@{path}?virtual_host=2&socket_timeout=3&socket_connect_timeout=2",
    ],
)
def test_a_password_and_parameters_are_read_as_they_are_written(url: str, tmp_path: Path) -> None:
    port, path = free_port(), tmp_path / "s"
    with Server(tmp_path, port, "--requirepass", "100%sure", "--unixsocket", str(path)):
        app = client_app(url.format(port=port, path=path))

        app.send_task(ADD, [1, 2], queue="jobs")

        assert app.AsyncResult("unknown").state == "PENDING"
        with app.connection_for_read() as connection:
            assert connection.default_channel.queue_declare("jobs", passive=True).message_count == 1


def test_a_refused_subscription_costs_one_error_and_no_later_get(
    server: Server, start_worker: StartWorker
) -> None:
    start_worker(server.url).wait_for("ready.")
    app = client_app(server.url)
    with Redis.from_url(server.url) as admin:
        admin.acl_setuser("default", enabled=True, commands=["-subscribe"])
        result = app.send_task(ADD, [1, 2])

        with pytest.raises(OperationalError, match="subscribe"):
            app.AsyncResult("never run").get(timeout=10)

        admin.acl_setuser("default", enabled=True, commands=["+subscribe"])

    assert result.get(timeout=10) == 3
    assert app.send_task(ADD, [2, 3]).get(timeout=10) == 5


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The URL of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def _run_example(project: ProjectCopy, url: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the copy's example from another folder, as a user would who has not installed the project."""
    file = project.folder / "py_workers" / "client_example.py"
    return _run([str(file)], project.folder.parent, environment_for(url, **variables))


def _run(arguments: list[str], cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
