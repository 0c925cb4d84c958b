"""The files in configmaps/ mean the same under make and under Docker Compose."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts import broker, env_files
from tests.scripts.conftest import Target
from tests.scripts.record_env_files import FIRST, GIVEN, recorded
from tests.support.template import installed_copy

CASES: list[dict[str, Any]] = recorded()["cases"]


def read(folder: Path, *texts: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, text in enumerate(texts):
        file = folder / f"{number}.env"
        file.write_bytes(text.encode())
        env_files.read_env_file(file, GIVEN, values)
    return values


@pytest.mark.parametrize("case", CASES, ids=[repr(case["text"]) for case in CASES])
def test_a_file_is_read_as_compose_reads_it(tmp_path: Path, case: dict[str, Any]) -> None:
    if case["values"] is None:
        with pytest.raises(env_files.EnvFileError):
            read(tmp_path, FIRST, case["text"])
    else:
        assert read(tmp_path, FIRST, case["text"]) == case["values"]


def test_a_file_that_compose_refuses_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(env_files.EnvFileError, match=r"0\.env:3: a quote that is not closed$"):
        read(tmp_path, 'A=1\n\nB="two\nC=3\n')


def test_a_missing_file_has_no_variables(tmp_path: Path) -> None:
    values: dict[str, str] = {}
    env_files.read_env_file(tmp_path / "none.env", {}, values)
    assert values == {}


def test_every_target_reads_quotes_as_compose_does(target: Target, tmp_path: Path) -> None:
    clone = installed_copy(tmp_path / 'it\'s a "clone"')
    shared = clone / "configmaps" / "shared.env"
    lines = [
        'export JOBS_DEFAULT_QUEUE="quoted"  # why',
        "JOBS_TASK_ROUTES='a.*=${X}'",
        "JOBS_LEASE_S=${LEASE:-90}",
    ]
    shared.write_text("\n".join(lines))
    print_it = "import json, os; print(json.dumps({n: v for n, v in os.environ.items() if n[:5] == 'JOBS_'}))"

    for language in ("python", "node"):
        command = ("python3", "-m", "scripts", "with-settings", language, "python3", "-c", print_it)
        exit_code, output = target.run(*command, cwd=clone, env={"LEASE": "30", "JOBS_LOG_LEVEL": "debug"})

        assert exit_code == 0, output
        seen = json.loads(output)
        assert seen["JOBS_DEFAULT_QUEUE"] == "quoted"
        assert seen["JOBS_TASK_ROUTES"] == "a.*=${X}"
        assert seen["JOBS_LEASE_S"] == "30"
        assert seen["JOBS_LOG_LEVEL"] == "debug", "what is set wins"


def test_a_file_that_compose_refuses_stops_every_target(target: Target, tmp_path: Path) -> None:
    clone = installed_copy(tmp_path / "clone")
    (clone / "configmaps" / "shared.env").write_text('JOBS_DEFAULT_QUEUE="open\n')

    exit_code, output = target.run("python3", "-m", "scripts", "with-settings", "node", "true", cwd=clone)

    assert exit_code == 1
    assert output.startswith(
        "error: configmaps/shared.env:1: a quote that is not closed; docs/settings.md describes"
    )


def test_a_server_in_the_file_is_used(target: Target, tmp_path: Path) -> None:
    clone = installed_copy(tmp_path / "clone")
    (clone / "configmaps" / "shared.env").write_text('JOBS_BROKER_URL="redis://127.0.0.1:1/0"\n')
    program = "from scripts import broker; print(broker.choose().variables('embedded'))"

    exit_code, output = target.run("python3", "-c", program, cwd=clone)

    assert exit_code == 0, output
    assert output.count("redis://127.0.0.1:1/0") == 2, "for tasks and results"


def test_rabbitmq_as_broker_leaves_the_results_to_another_server(target: Target) -> None:
    program = """
from scripts import broker, installed
choice = broker.choose()
print(choice.variables("redis://embedded"), choice.needs_server(installed.Wanted()))
"""
    exit_code, output = target.run("env", "JOBS_BROKER_URL=amqp://rabbit:5672//", "python3", "-c", program)

    assert exit_code == 0, output
    expected = {"JOBS_BROKER_URL": "amqp://rabbit:5672//", "JOBS_RESULT_BACKEND": "redis://embedded"}
    assert output.strip() == f"{expected} True"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("amqp://127.0.0.1:1//", "Connection refused"),
        ("db+postgresql+psycopg://127.0.0.1:1/jobs", "Connection refused"),
        ("kafka://127.0.0.1", "unknown scheme kafka://"),
    ],
)
def test_a_server_that_cannot_be_reached_is_named_with_the_reason(
    target: Target, url: str, reason: str
) -> None:
    program = "import sys; from scripts import broker; broker._connect(broker.Setting(sys.argv[1], 'URL'))"

    exit_code, output = target.run("python3", "-c", program, url)

    assert exit_code == 1
    assert f"URL {url} cannot be reached: " in output
    assert reason in output


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@host:6379/0", "redis://:***@host:6379/0"),
        ("redis://host/0?password=secret&a=1", "redis://host/0?password=***&a=1"),
        ("sentinel://:a@one:1/0;sentinel://:b@two:2/0", "sentinel://:***@one:1/0;sentinel://:***@two:2/0"),
        ("amqp://guest:guest@rabbit:5672//", "amqp://guest:***@rabbit:5672//"),
        # A server that `make up` has started: the commands that it prints can be pasted.
        ("amqp://guest:guest@127.0.0.1:5672//", "amqp://guest:guest@127.0.0.1:5672//"),
    ],
)
def test_no_password_is_shown_but_that_of_a_server_that_make_up_starts(url: str, shown: str) -> None:
    assert broker.without_password(url) == shown
