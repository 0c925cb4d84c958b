"""Many users at once, while a model is trained: how long a POST takes, and whether one fails.

`python -m pytest` runs a short slice. The whole runs by hand, from the root of the repository:
`PYTHONPATH=. python/.venv/bin/python example/tests/api/load.py node 50 120`.
"""

import random
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from browser import Answer, Browser, Events
from samples import CUSTOMER
from system import System

PAUSE_S = 2.5
FILE_SHARE = 0.05


@dataclass
class Outcome:
    """The times and failures of all POSTs."""

    took_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: int) -> float:
        """Return the time in ms within which this share of POSTs, in percent, was answered."""
        return statistics.quantiles(self.took_ms, n=100)[share - 1]

    def __str__(self) -> str:
        times = ", ".join(f"p{share} {self.percentile(share):.0f} ms" for share in (50, 95, 99))
        return f"{len(self.took_ms)} POSTs, {times}, {len(self.errors)} errors"


@dataclass(frozen=True)
class User:
    """A session with a dataset and a model."""

    browser: Browser
    dataset: str
    model: str


def run(url: str, users: int, seconds: float) -> Outcome:
    """Let users predict, each with an open page; the first one trains all the time."""
    outcome = Outcome()
    with ThreadPoolExecutor(4) as pool:
        ready = list(pool.map(_prepared, [url] * users))
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_use, args=(user, until, outcome, number == 0))
        for number, user in enumerate(ready)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def _prepared(url: str) -> User:
    browser = Browser(url)
    # What the model learnt does not matter here, so it learns from few customers.
    few, dataset = (
        browser.post("/api/datasets", {"seed": 1, "rows": rows}).json["dataset"] for rows in (200, 2500)
    )
    job = browser.post("/api/trainings", {"dataset": few, "rounds": 1}).json
    return User(browser, dataset, browser.ended(job, 180)["result"]["model"])


def _use(user: User, until: float, outcome: Outcome, trains: bool) -> None:
    try:
        with Events(user.browser):
            _use_page(user, until, outcome, trains)
    except Exception as error:  # every error of a user counts
        outcome.errors.append(f"{type(error).__name__}: {error}")


def _use_page(user: User, until: float, outcome: Outcome, trains: bool) -> None:
    chance = random.Random()  # noqa: S311 - times of a load
    training: Answer | None = None
    while time.monotonic() < until:
        if trains:
            body = {"dataset": user.dataset, "rounds": 40}
            training = _timed(user.browser, outcome, "/api/trainings", body, (202, 409))
        elif chance.random() < FILE_SHARE:
            body = {"dataset": user.dataset, "model": user.model}
            _timed(user.browser, outcome, "/api/prediction-files", body)
        else:
            _timed(user.browser, outcome, "/api/predictions", {"model": user.model, "customer": CUSTOMER})
        time.sleep(chance.uniform(0.5, 1.5) * PAUSE_S)
    if training is not None:
        job = training.json.get("job", training.json)
        user.browser.post(f"/api/jobs/{job['id']}/cancel")


def _timed(
    browser: Browser, outcome: Outcome, path: str, body: object, allowed: tuple[int, ...] = (200, 202)
) -> Answer:
    since = time.monotonic()
    answer = browser.post(path, body)
    outcome.took_ms.append((time.monotonic() - since) * 1000)
    if answer.status not in allowed:
        outcome.errors.append(f"{path}: {answer.status} {answer.body[:200]!r}")
    return answer


def main() -> int:
    """Run the whole load. Returns 0 when no POST failed and 95 of 100 took less than 100 ms."""
    kind, users, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    system = System(Path(tempfile.mkdtemp(prefix="example-load-")))
    try:
        system.start()
        outcome = run(system.urls[kind], users, seconds)
    finally:
        system.stop()
    print(f"{kind}, {users} users, {seconds:g} s: {outcome}")
    for error in outcome.errors[:10]:
        print(f"  {error}")
    return 0 if not outcome.errors and outcome.percentile(95) < 100 else 1


if __name__ == "__main__":
    sys.exit(main())
