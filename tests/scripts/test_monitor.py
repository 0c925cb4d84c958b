"""What MONITOR=1 refuses, in one sentence, before anything is started."""

import socket

import pytest

from scripts import server
from scripts.paths import PYTHON_PROJECT
from tests.scripts.conftest import FakeProgram, Target


@pytest.mark.parametrize(
    ("monitor", "variables", "sentence"),
    [
        ("yes", {}, "invalid MONITOR=yes: use 1 to start Flower, or 0"),
        ("1", {"FLOWER_PORT": "65536"}, "invalid FLOWER_PORT=65536: use a number from 1 to 65535"),
        ("1", {"FLOWER_PASSWORD": "one,two"}, "invalid FLOWER_PASSWORD: use ASCII without a comma"),
        ("1", {"FLOWER_USER": "Jörg"}, "invalid FLOWER_USER: use ASCII without a comma"),
    ],
)
def test_a_monitor_that_would_not_work_is_one_sentence(
    target: Target, monitor: str, variables: dict[str, str], sentence: str
) -> None:
    exit_code, output = target.run("python3", "-m", "scripts", "up", f"--monitor={monitor}", env=variables)

    assert exit_code == 1
    (line,) = output.splitlines()
    assert line.startswith(f"error: {sentence}")
    assert "one,two" not in line


def test_a_taken_port_of_flower_is_one_sentence_with_the_remedy(target: Target) -> None:
    with socket.create_server((server.HOST, 0)) as taken:
        env = {"FLOWER_PORT": str(taken.getsockname()[1])}
        exit_code, output = target.run("python3", "-m", "scripts", "up", "--monitor=1", env=env)

    assert exit_code == 1
    assert output == (
        f"error: port {env['FLOWER_PORT']} is taken: choose another one for Flower with FLOWER_PORT=...\n"
    )


def test_containers_with_flower_need_a_password(target: Target, fake_program: FakeProgram) -> None:
    env = {**fake_program("docker", "exit 0"), "FLOWER_PASSWORD": ""}

    exit_code, output = target.run("make", "workers_up", "MONITOR=1", env=env)

    assert exit_code != 0
    assert "`FLOWER_PASSWORD=... make workers_up MONITOR=1`" in output.splitlines()[0]


@pytest.mark.parametrize("password", ["", "one,two", "Grüße"])
def test_flower_does_not_start_without_a_valid_password(target: Target, password: str) -> None:
    env = {"FLOWER_PASSWORD": password}
    exit_code, output = target.run("scripts/entrypoints/start_flower.sh", cwd=PYTHON_PROJECT, env=env)

    assert exit_code == 1
    (line,) = output.splitlines()
    assert line.startswith("FLOWER_")
    assert not password or password not in line
