"""How many examples are drawn, and how: the same number draws the same ones."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.internal.constants_ast import Constants

T = TypeVar("T")

BATCH = 20
USUAL_EXAMPLES = 500
# How often a long run prints how far it is.
PROGRESS_S = 20.0


class SameEverywhere(HypothesisProvider):
    """Hypothesis mixes in constants of the modules that are loaded: other tests would change the draws."""

    _local_constants = Constants()


AVAILABLE_PROVIDERS["same everywhere"] = SameEverywhere


def examples(request: pytest.FixtureRequest) -> int:
    """Returns the number of `--hostile-examples`."""
    return int(request.config.getoption("--hostile-examples"))


def for_batches(
    drawn: st.SearchStrategy[T],
    number: int,
    use: Callable[[list[T]], None],
    drawn_by: int | None = None,
    together: int = 1,
) -> None:
    """Draws so many examples, and gives them to `use` in batches. Raises whatever that raises.

    `drawn_by` is the seed; without one, the number is. `together` batches are given as one: a single draw
    is limited in its size. Nothing is shrunk: a worker remembers what was sent to it.
    """
    gathered: list[T] = []
    progress = Progress(number)

    def flush() -> None:
        batch = gathered.copy()
        gathered.clear()
        use(batch)
        progress.add(len(batch))

    @seed(number if drawn_by is None else drawn_by)
    @settings(
        max_examples=max(1, number // BATCH),
        deadline=None,
        database=None,
        backend="same everywhere",
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(st.lists(drawn, min_size=BATCH, max_size=BATCH))
    def run(batch: list[T]) -> None:
        gathered.extend(batch)
        if len(gathered) >= together * BATCH:
            flush()

    run()
    if gathered:
        flush()


class Progress:
    """Prints how far a long run is (shown with `-s`, as in `make test-hostile`)."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._done = 0
        self._began = self._printed = time.monotonic()

    def add(self, examples: int) -> None:
        """Count examples; print a line when the last one is `PROGRESS_S` old."""
        self._done += examples
        now = time.monotonic()
        if now - self._printed >= PROGRESS_S:
            self._printed = now
            print(
                f"\n  {self._done:,} of {self._number:,} after {now - self._began:.0f} s", end="", flush=True
            )
