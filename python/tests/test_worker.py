"""A worker runs the tasks of its modules, or prints a clear error."""

import os
import signal
from pathlib import Path

import pytest
from billiard.exceptions import TimeLimitExceeded
from kombu.serialization import enable_insecure_serializers

from tests.conftest import ProjectCopy, StartWorker, client_app
from tests.processes import Server, free_port, wait_until

ADD = "py_workers.tasks.example.arithmetic.add"
MUL = "py_workers.tasks.example.arithmetic.mul"
LEASE = "a number of seconds from 0.5 to 1200, for example 60"
WAIT_FOR_PIPE = """\
from pathlib import Path

from py_workers.worker import celery_app


@celery_app.task
def wait_for(pipe):
    Path(pipe + ".started").touch()
    return Path(pipe).read_text()
"""


def test_the_example_tasks_run(server: Server, start_worker: StartWorker) -> None:
    start_worker(server.url).wait_for("ready.")
    app = client_app(server.url)

    assert app.send_task(ADD, [1, 2]).get(timeout=10) == 3
    assert app.send_task(MUL, kwargs={"x": 2, "y": 3.5}).get(timeout=10) == 7.0


def test_a_new_module_is_picked_up_and_routed(
    project: ProjectCopy, server: Server, start_worker: StartWorker
) -> None:
    project.write_task_module(
        "billing/invoices.py",
        "from py_workers.worker import celery_app\n\n"
        "@celery_app.task\ndef total(items):\n    return sum(items)\n",
    )
    start_worker(server.url).wait_for("ready.")

    result = client_app(server.url).send_task("py_workers.tasks.billing.invoices.total", [[1, 2, 3]])

    assert result.get(timeout=10) == 6


def test_a_failing_module_stops_the_worker_with_file_and_line(
    project: ProjectCopy, server: Server, start_worker: StartWorker
) -> None:
    file = project.write_task_module("billing/invoices.py", "\n\nraise ValueError('no price list')\n")

    worker = start_worker(server.url)

    assert worker.wait() == 1
    assert worker.output == (
        f"{file}:3: cannot import the task module py_workers.tasks.billing.invoices: "
        "ValueError: no price list\n"
    )


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("JOBS_LEASE_S", "0", f"JOBS_LEASE_S='0': expected {LEASE}\n"),
        ("JOBS_LEAS_S", "60", "JOBS_LEAS_S='60': unknown variable; docs/settings.md lists them all\n"),
        (
            "JOBS_LOG_LEVEL",
            "loud",
            "JOBS_LOG_LEVEL='loud': expected one of debug, info, warning, error, critical\n",
        ),
    ],
)
def test_a_wrong_environment_stops_the_worker_with_one_line(
    variable: str, value: str, line: str, server: Server, start_worker: StartWorker
) -> None:
    worker = start_worker(server.url, **{variable: value})

    assert worker.wait() == 1
    assert worker.output == line


def test_a_worker_waits_for_its_server_and_connects_when_it_comes(
    tmp_path: Path, start_worker: StartWorker
) -> None:
    port = free_port()
    worker = start_worker(f"redis://:hunter2@127.0.0.1:{port}/0")
    worker.wait_for(f"Cannot connect to redis://:**@127.0.0.1:{port}/0")
    worker.wait_for("Connection refused. Trying again until it answers")

    with Server(tmp_path, port, "--requirepass", "hunter2") as server:
        worker.wait_for("ready.")
        app = client_app(server.url.replace("//", "//:hunter2@"))
        assert app.send_task(ADD, [1, 2]).get(timeout=10) == 3
        worker.kill()

    assert "hunter2" not in worker.output


def test_a_worker_goes_on_after_its_server_was_away(tmp_path: Path, start_worker: StartWorker) -> None:
    server = Server(tmp_path, free_port())
    with server:
        worker = start_worker(server.url)
        worker.wait_for("ready.")
    worker.wait_for("Connection to broker lost")

    with server:
        assert client_app(server.url).send_task(ADD, [1, 2]).get(timeout=20) == 3
        worker.kill()


def test_a_stopping_worker_finishes_the_task_it_runs(
    tmp_path: Path, project: ProjectCopy, server: Server, start_worker: StartWorker
) -> None:
    project.write_task_module("slow.py", WAIT_FOR_PIPE)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    worker = start_worker(server.url)
    result = client_app(server.url).send_task("py_workers.tasks.slow.wait_for", [str(pipe)])
    wait_until(lambda: Path(f"{pipe}.started").exists(), "the task has started")

    worker.process.send_signal(signal.SIGTERM)
    worker.wait_for("Warm shutdown")
    pipe.write_text("done")

    assert worker.wait() == 0
    assert result.get(timeout=5) == "done"


def test_a_task_that_exceeds_the_time_limit_fails(
    tmp_path: Path, project: ProjectCopy, server: Server, start_worker: StartWorker
) -> None:
    project.write_task_module("slow.py", WAIT_FOR_PIPE)
    pipe = tmp_path / "never written to"
    os.mkfifo(pipe)
    start_worker(server.url, JOBS_TASK_TIME_LIMIT_S="1").wait_for("ready.")

    result = client_app(server.url).send_task("py_workers.tasks.slow.wait_for", [str(pipe)])

    with pytest.raises(TimeLimitExceeded):
        result.get(timeout=10)


def test_a_pickled_message_is_refused_and_the_next_one_runs(
    server: Server, start_worker: StartWorker
) -> None:
    enable_insecure_serializers(["pickle"])
    worker = start_worker(server.url)
    app = client_app(server.url)

    pickled = app.send_task(ADD, [1, 2], serializer="pickle")
    assert app.send_task(ADD, [3, 4]).get(timeout=20) == 7

    worker.wait_for("Refusing to deserialize")
    assert pickled.state == "FAILURE"
    pickled.forget()


def test_every_key_begins_with_the_global_prefix(server: Server, start_worker: StartWorker) -> None:
    start_worker(server.url, JOBS_GLOBAL_KEYPREFIX="blue:").wait_for("ready.")
    prefix = {"global_keyprefix": "blue:"}
    app = client_app(server.url, broker_transport_options=prefix, result_backend_transport_options=prefix)

    assert app.send_task(ADD, [1, 2]).get(timeout=10) == 3

    keys = server.keys()
    assert keys
    assert all(key.startswith("blue:") for key in keys), keys


def test_a_worker_and_a_client_talk_through_a_unix_socket(tmp_path: Path, start_worker: StartWorker) -> None:
    path = tmp_path / "valkey.sock"
    with Server(tmp_path, free_port(), "--unixsocket", str(path)):
        url = f"redis+socket://{path}?virtual_host=1"
        worker = start_worker(url)
        worker.wait_for("ready.")

        assert client_app(url).send_task(ADD, [1, 2]).get(timeout=10) == 3
        worker.kill()


def test_celerys_own_variables_do_not_part_python_from_node(
    server: Server, start_worker: StartWorker
) -> None:
    worker = start_worker(server.url, BROKER_URL="redis://127.0.0.1:1/0", CELERY_RESULT_BACKEND="rpc://")
    worker.wait_for("ready.")

    assert client_app(server.url).send_task(ADD, [1, 2]).get(timeout=10) == 3
