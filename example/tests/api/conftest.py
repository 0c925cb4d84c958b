"""Every test runs with both web servers, which share workers, files and sessions."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from browser import Browser
from system import COMMANDS, System


@dataclass(frozen=True)
class Trained:
    """A session with a dataset and a model."""

    browser: Browser
    dataset: str
    model: str

    @property
    def names(self) -> dict[str, Any]:
        """What a prediction for a file takes."""
        return {"model": self.model, "dataset": self.dataset}

    def predicted(self) -> Any:
        """A prediction for the dataset, once it is done."""
        started = self.browser.post("/api/prediction-files", self.names)
        assert started.status == 202, started.body
        done = self.browser.ended(started.json)
        assert done["state"] == "done", done
        return done


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("example"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


# With `-n 2 --dist each`, each process tests one of the web servers, with its own workers.
_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
KINDS = [list(COMMANDS)[int(_PROCESS) % len(COMMANDS)]] if _PROCESS else list(COMMANDS)


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def browser(system: System, kind: str) -> Browser:
    return Browser(system.urls[kind])


@pytest.fixture(scope="session")
def trained(system: System, kind: str) -> Trained:
    browser = Browser(system.urls[kind])
    dataset = browser.post("/api/datasets", {"seed": 7, "rows": 6000}).json["dataset"]
    job = browser.post("/api/trainings", {"dataset": dataset, "rounds": 10}).json
    done = browser.ended(job)
    assert done["state"] == "done", done
    return Trained(browser, dataset, done["result"]["model"])
