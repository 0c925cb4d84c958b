"""The Docker Compose of this machine reads the files as it did when env_files.json was recorded."""

import subprocess

from tests.scripts.record_env_files import COMPOSE, ask, recorded

# Older versions let the file before win over the environment and over the file itself: 2.26 does.
OF_THE_RECORDED_VERSION = {"BOTH=mine\nA=$BOTH", "FIRST=mine\nA=$FIRST", "A=$BOTH"}


def test_compose_still_reads_the_files_as_recorded() -> None:
    answer = subprocess.run([*COMPOSE, "version", "--short"], capture_output=True, text=True, check=True)
    is_older = numbers(answer.stdout) < numbers(recorded()["compose"])

    differing = [case["text"] for case in recorded()["cases"] if ask(case["text"]) != case["values"]]

    assert set(differing) <= (OF_THE_RECORDED_VERSION if is_older else set())


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.strip().split("-")[0].split(".") if part.isdigit())
