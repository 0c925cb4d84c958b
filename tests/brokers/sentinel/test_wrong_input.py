"""Workers and clients of both languages report a wrong setting of sentinels in one line."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from celery_reliable.server_url import UrlError, read_url

from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, VENV_PYTHON
from scripts.server import free_port
from tests.conformance.workers import KINDS, Kind
from tests.support.sentinels import SentinelCluster
from tests.support.workers import WorkerFactory, clean_environment

from .behind import StartBehind

PASSWORD = "s3cret"  # noqa: S105 - of a test


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SentinelCluster]:
    """A cluster whose servers and sentinels have passwords, and no `min-replicas-to-write`."""
    folder = tmp_path_factory.mktemp("guarded")
    cluster = SentinelCluster(folder, password=f"{PASSWORD}1", sentinel_password=f"{PASSWORD}2", replicas=1)
    with closing(cluster):
        yield cluster


def with_parameters(url: str, **changed: str) -> str:
    """The URL with other values of some parameters."""
    for name, value in changed.items():
        url = re.sub(f"{name}=[^&]*", f"{name}={value}", url)
    return url


def away() -> str:
    return f"sentinel://127.0.0.1:{free_port()}/0;sentinel://127.0.0.1:{free_port()}/0?master_name=main"


CASES: Mapping[str, tuple[Mapping[str, str], str]] = {
    "wrong master name": ({"master_name": "mian"}, "master_name='mian' is not known; it watches 'main'"),
    "wrong sentinel password": ({"sentinel_password": "nope"}, "WRONGPASS|invalid username-password"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_that_sentinels_refuse_ends_with_a_line(
    kind: Kind, case: str, guarded: SentinelCluster, tmp_path: Path
) -> None:
    changed, expected = CASES[case]
    url = with_parameters(guarded.url, **changed)
    factory = WorkerFactory(url, tmp_path)
    with closing(factory):
        worker = StartBehind(factory, url)(kind, wait=False)
        assert worker.wait(40) != 0

    [line] = [line for line in worker.log.splitlines() if re.search(expected, line)]
    assert "sentinel" in line
    assert PASSWORD not in worker.log
    assert "Traceback" not in worker.log


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_waits_for_sentinels_that_are_away(kind: Kind, tmp_path: Path) -> None:
    url = away()
    factory = WorkerFactory(url, tmp_path)
    with closing(factory):
        worker = StartBehind(factory, url)(kind, wait=False)
        worker.wait_for_log("(?i)no sentinel answers: sentinel 127.0.0.1:.*refused", 30)
        assert worker.exit_code is None
        assert "Traceback" not in worker.log


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_warns_once_that_a_failover_may_lose_tasks(
    kind: Kind, guarded: SentinelCluster, tmp_path: Path
) -> None:
    factory = WorkerFactory(guarded.url, tmp_path)
    with closing(factory):
        worker = StartBehind(factory, guarded.url)(kind)
        warnings = re.findall("a failover may lose confirmed tasks.*min-replicas-to-write 1", worker.log)
    assert len(warnings) == 1
    assert PASSWORD not in worker.log


def run_example(language: Kind, url: str) -> "subprocess.CompletedProcess[str]":
    """Run the example client of a language."""
    command, cwd = {
        Kind.PYTHON: ([str(VENV_PYTHON), "-m", "py_workers.client_example"], PYTHON_PROJECT),
        Kind.NODE: (["node", "js_workers/client_example.js"], NODE_PROJECT),
    }[language]
    env = {**clean_environment(), "JOBS_BROKER_URL": url, "JOBS_RESULT_BACKEND": url}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("case", ["no sentinel", *CASES])
@pytest.mark.parametrize("language", KINDS)
def test_an_example_client_says_it_in_one_line(language: Kind, case: str, guarded: SentinelCluster) -> None:
    changed, _ = CASES.get(case, ({}, ""))
    url = away() if case == "no sentinel" else with_parameters(guarded.url, **changed)

    done = run_example(language, url)

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert re.search("sentinel|No master found", done.stderr)
    assert PASSWORD not in done.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sentinel://a:26379/0", "master_name is missing"),
        ("sentinel://a:26379/0?master_nmae=main", "unknown parameter 'master_nmae'.*master_name"),
        ("sentinel://a:1/0;redis://b:2/0?master_name=main", "expected several sentinel:// URLs"),
        ("sentinel://a:1/0;sentinel://b:2/1?master_name=main", "those of the first URL"),
        ("sentinel://a:1/0?master_name=x;sentinel://b:2/0?master_name=y", "master_name has two values"),
        ("sentinel://a:1/jobs?master_name=main", "the database is a number"),
        ("sentinel://a:1/0?master_name=main&min_other_sentinels=few", "expected a whole number"),
        ("sentinel://a:1/0?master_name=main&ssl_ca_certs=/etc/hosts", "ssl=true or sentinel_ssl=true"),
        ("redis://a:1/0?master_name=main", "master_name is for sentinel://"),
    ],
)
def test_both_languages_refuse_a_url_with_the_same_words(url: str, expected: str) -> None:
    with pytest.raises(UrlError, match=expected):
        read_url(url)

    send = f"await new Celery('x', {{ brokerUrl: {url!r} }}).sendTask('t');"
    script = f"import {{ Celery }} from 'celery-js'; {send}"
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(command, cwd=NODE_PROJECT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert re.search(f"ImproperlyConfigured: brokerUrl=.*{expected}", done.stderr), done.stderr
