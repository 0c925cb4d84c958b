"""Every client of the template gets its results through sentinels, with passwords and another database."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.clients.installed import install
from tests.conformance.workers import KINDS, Kind
from tests.support.sentinels import SentinelCluster
from tests.support.workers import WorkerFactory

from .test_wrong_input import PASSWORD, run_example

LINES = {
    Kind.PYTHON: ["python client: 4 + 2 = 6", "python client: 2 + 2 = 4"],
    Kind.NODE: ["js client : 3 + 2 = 5", "js client : 1 + 2 = 3"],
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a cluster with the template's workers on it."""
    folder = tmp_path_factory.mktemp("template")
    with closing(
        SentinelCluster(folder / "servers", password=PASSWORD, sentinel_password=PASSWORD[::-1], replicas=1)
    ) as cluster:
        url = cluster.url_of(3)
        with closing(WorkerFactory(url, folder / "workers")) as workers:
            for program in (workers.python(wait=False), workers.node(wait=False)):
                program.wait_for_log(r"ready\.", 40)
            yield url


@pytest.mark.parametrize("language", KINDS)
def test_the_example_client_gets_both_results(language: Kind, url: str) -> None:
    done = run_example(language, url)

    assert done.returncode == 0, done.stderr
    assert [line.partition(" from ")[2] for line in done.stdout.splitlines()] == LINES[language]


@pytest.mark.parametrize("language", KINDS)
def test_the_client_package_gets_both_results(language: Kind, url: str, tmp_path: Path) -> None:
    clients = install(tmp_path / "clients")
    env = {"JOBS_BROKER_URL": url, "JOBS_RESULT_BACKEND": url}

    printed = (
        clients.python("python/client_example.py", env=env)
        if language is Kind.PYTHON
        else clients.node("node/client_example.js", env=env)
    )

    assert [line.partition(" from ")[2] for line in printed.splitlines()] == LINES[language]
