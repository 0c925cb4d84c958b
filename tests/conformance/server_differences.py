"""Scenarios that do not hold on other servers than Redis.

Each is expected to fail there: one that passes fails the suite. Why is in the table of `docs/deployment.md`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A row of the table: `tests` fail on each server of `where` (a broker, or a kind of results).

    A test's name is its beginning, with its parameters where that matters.
    """

    what: str
    where: tuple[str, ...]
    tests: tuple[str, ...]

    def concerns(self, test: str, names: tuple[str, str]) -> bool:
        """Whether a test is to fail on this broker with these results."""
        on_it = any(name.startswith(where) for name in names for where in self.where)
        return on_it and test.startswith(self.tests)


DIFFERENCES: tuple[Difference, ...] = ()
