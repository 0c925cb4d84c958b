"""Receives the notifications (``NOTIFY``) of stored results for one event loop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CONNECT_TIMEOUT_S = 2
# The name that this repository's workers give the channel of Celery's table.
LISTEN = 'LISTEN "celery..celery_taskmeta"'
PAUSE_S = 1.0


class Notifications:
    """Wakes the readers of a task. They also read from time to time, because a notification may be lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._runner: asyncio.Task[None] | None = None

    @contextmanager
    def of(self, task_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set each time a state of the task is stored, until the block ends."""
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
        """Listen while there are readers. ``PAUSE_S`` seconds after a lost connection, open another one."""
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
