"""One object per event loop, because an asyncio connection belongs to one loop."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class PerLoop(Generic[T]):
    """Makes an object for each event loop, and drops those of closed loops.

    A weak dictionary would never drop them, because the tasks of such an object refer to their loop.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: dict[asyncio.AbstractEventLoop, T] = {}

    def get(self) -> T:
        """Return the running event loop's object."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            for other in list(self._made):
                if other.is_closed():
                    self._made.pop(other, None)  # another thread may have dropped it
            self._made[loop] = self._make()
        return self._made[loop]
