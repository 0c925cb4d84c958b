"""Each overlay, rendered, and what the processes of a test run do only once."""

import fcntl
import os
from collections.abc import Callable

import pytest

from tests.deploy.rendering import KUBECTL, OVERLAYS, Manifests, rendered


@pytest.fixture(scope="session", autouse=True)
def tools() -> None:
    """`make test` runs without them."""
    if not KUBECTL.exists():
        pytest.skip("kubectl is missing: `make test-deploy` installs it")


Once = Callable[[str, Callable[[], str]], str]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """`once(name, make)` returns what `make` returns in the first process of a run that asks."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = tmp_path_factory.getbasetemp().parent

    def made_once(name: str, make: Callable[[], str]) -> str:
        kept = folder / f"{name}-{run}"
        with kept.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not kept.stat().st_size:
                kept.write_text(make())
        return kept.read_text()

    return made_once


@pytest.fixture(params=OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    return rendered(request.param)
