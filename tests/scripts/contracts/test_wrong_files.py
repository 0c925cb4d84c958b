"""Waivers that are wrong, and a catalogue with a merge conflict: each gets one line that says what to do."""

import pytest

from tests.scripts.contracts.conftest import Clone


@pytest.mark.long
@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (
            'task = "a"\nrule = "task-removed"\nreason = "x"',
            "'until' must be a date, such as until = 2026-12-31",
        ),
        (
            'task = "a"\nrule = "task-removed"\nuntil = 2026-12-31',
            "'reason' must be a string, such as reason = ",
        ),
        (
            'task = "a"\nrule = "other"\nreason = "x"\nuntil = 2026-12-31',
            "there is no rule 'other': use one of",
        ),
        ('task = "a"\nwhy = "x"', "waiver 1: unknown why"),
        ("task = ", "contracts/waivers.toml: "),
    ],
)
def test_a_wrong_waiver_is_named(written_clone: Clone, entry: str, problem: str) -> None:
    written_clone.write("contracts/waivers.toml", f"[[waiver]]\n{entry}\n")

    exit_code, output = written_clone.contracts("CHECK=1")

    assert exit_code == 1
    assert problem in output
    assert "Traceback" not in output


@pytest.mark.long
def test_a_merge_conflict_in_the_catalogue_is_named(written_clone: Clone) -> None:
    written_clone.write("contracts/tasks.json", "<<<<<<< HEAD\n")

    exit_code, output = written_clone.contracts("CHECK=1")

    assert exit_code == 1
    assert "contracts/tasks.json is not a catalogue: run `make contracts` to write it again" in output
