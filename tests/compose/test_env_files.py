"""The Docker Compose of this machine reads the files as it did when env_files.json was recorded."""

from tests.scripts.record_env_files import ask, recorded


def test_compose_reads_the_files_as_it_did_when_that_was_recorded() -> None:
    differing = [case for case in recorded()["cases"] if ask(case["text"]) != case["values"]]
    assert differing == []
