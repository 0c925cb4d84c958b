"""`make workers_up`, with a program that only looks like Docker; `make test-compose` has the real one."""

from pathlib import Path

import pytest

from scripts import server
from tests.scripts.conftest import FakeProgram, Target

# Reports no running containers, and succeeds at everything.
NOTES_CALLS = 'echo "$VALKEY_PORT $*" >> "$CALLS"'


def test_the_number_of_workers_and_the_port_are_said_together(
    target: Target, tmp_path: Path, fake_program: FakeProgram
) -> None:
    calls = tmp_path / "calls"
    env = {**fake_program("docker", NOTES_CALLS), "CALLS": str(calls)}
    port = server.free_port()

    exit_code, output = target.run("make", "workers_up", f"PORT={port}", "JS_WORKERS=3", env=env)

    assert exit_code == 0, output
    assert calls.read_text().splitlines()[-1] == (
        f"{port} compose up --build --detach --wait --scale=py_worker=1 --scale=js_worker=3"
    )


def test_containers_of_a_profile_are_stopped_and_removed_too(
    target: Target, tmp_path: Path, fake_program: FakeProgram
) -> None:
    calls = tmp_path / "calls"
    project = """case "$*" in *"config --format json") echo '{"name": "jobs"}' ;; esac"""
    env = {**fake_program("docker", f"{NOTES_CALLS}; {project}"), "CALLS": str(calls)}

    exit_code, output = target.run("make", "workers_down", env=env)

    assert exit_code == 0, output
    said = [line.strip() for line in calls.read_text().splitlines()]
    assert "compose --profile * stop beat flower py_worker js_worker" in said
    assert "compose --profile * down --remove-orphans --volumes" in said


@pytest.mark.parametrize("value", ["0", "-1", "many", "1 2"])
def test_a_number_of_workers_that_is_none_is_one_sentence(target: Target, value: str) -> None:
    exit_code, output = target.run("make", "workers_up", f"PY_WORKERS={value}")

    assert exit_code != 0
    assert output.splitlines()[0] == (f"error: invalid PY_WORKERS={value}: use a whole number, 1 or more")
