"""What PostgreSQL announces to one event loop: whose result was stored by a worker of this repository."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CONNECT_TIMEOUT_S = 2
# The channel of Celery's table, as the workers name it.
LISTEN = 'LISTEN "celery..celery_taskmeta"'
PAUSE_S = 1.0


class Notifications:
    """Wakes those who wait for a task. They look now and then anyway: an announcement may be lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._runner: asyncio.Task[None] | None = None

    @contextmanager
    def of(self, task_id: str) -> Iterator[asyncio.Event]:
        """Give an event that is set when a state of the task was stored."""
        event = asyncio.Event()
        self._waiting.setdefault(task_id, set()).add(event)
        if self._runner is None or self._runner.done():
            self._runner = asyncio.get_running_loop().create_task(self._run())
        try:
            yield event
        finally:
            self._waiting[task_id].discard(event)
            if not self._waiting[task_id]:
                del self._waiting[task_id]

    async def _run(self) -> None:
        """Listen while somebody waits; a lost connection is replaced."""
        from psycopg import AsyncConnection, Error

        while self._waiting:
            with suppress(Error):
                connecting = AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S
                )
                async with await connecting as connection:
                    await connection.execute(LISTEN)
                    while self._waiting:
                        async for notice in connection.notifies(timeout=PAUSE_S):
                            for event in self._waiting.get(notice.payload, ()):
                                event.set()
            await asyncio.sleep(PAUSE_S if self._waiting else 0)
