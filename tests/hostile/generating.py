"""How many examples are drawn, and how: the same number draws the same ones."""

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


class SameEverywhere(HypothesisProvider):
    """Hypothesis mixes in constants of the modules that are loaded: other tests would change the draws."""

    _local_constants = Constants()


AVAILABLE_PROVIDERS["same everywhere"] = SameEverywhere


def examples(request: pytest.FixtureRequest) -> int:
    """Returns the number of `--hostile-examples`."""
    return int(request.config.getoption("--hostile-examples"))


def for_batches(
    drawn: st.SearchStrategy[T], number: int, use: Callable[[list[T]], None], drawn_by: int | None = None
) -> None:
    """Draws so many examples, and gives them to `use` in batches. Raises whatever that raises.

    `drawn_by` is the seed; without one, the number is. Nothing is shrunk: a worker remembers what was
    sent to it.
    """

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
        use(batch)

    run()
