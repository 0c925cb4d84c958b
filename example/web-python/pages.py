"""The pages that are kept up to date, by session. Each has a stream of events."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Annotated, Any

from fastapi import Depends
from guard import Refusal

# Of one session. A hidden page closes its own.
_MOST_STREAMS = 20
# Events that a page has not read. Then its stream ends, and it opens another one, which begins with all jobs.
_MOST_WAITING = 500

Event = tuple[str, Any]
Listener = tuple[str, "asyncio.Queue[Event]"]
_STOP: Event = ("stop", None)


class Pages:
    """The streams of all sessions."""

    def __init__(self) -> None:
        self._open: dict[str, set[asyncio.Queue[Event]]] = {}
        self._has_stopped = False

    def listener(self, session_of: Callable[..., str]) -> Callable[..., AsyncGenerator[Listener, None]]:
        """Return a dependency: a session and its queue of events, which is open until the answer's end."""

        async def listener(session: Annotated[str, Depends(session_of)]) -> AsyncGenerator[Listener, None]:
            queue = self.open(session)
            try:
                yield session, queue
            finally:
                self.close(session, queue)

        return listener

    def open(self, session: str) -> "asyncio.Queue[Event]":
        """Return a queue that gets the session's events, or refuse one more than it may have."""
        if len(self._open.get(session, ())) >= _MOST_STREAMS:
            message = f"At most {_MOST_STREAMS} pages of a browser are kept up to date: close some"
            raise Refusal(429, "too-many-streams", message)
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._open.setdefault(session, set()).add(queue)
        return queue

    def close(self, session: str, queue: "asyncio.Queue[Event]") -> None:
        """Send no more events to a queue."""
        queues = self._open.get(session, set())
        queues.discard(queue)
        if not queues:
            self._open.pop(session, None)

    async def read(self, queue: "asyncio.Queue[Event]") -> AsyncGenerator[Event, None]:
        """Yield the events of a queue."""
        # A page that connects while the server stops gets no stream.
        while not self._has_stopped and (event := await queue.get()) != _STOP:
            yield event

    def tell(self, session: str, event: Event) -> None:
        """Send an event to a session's pages."""
        for queue in self._open.get(session, ()):
            if queue.qsize() < _MOST_WAITING:
                queue.put_nowait(event)
            elif queue.qsize() == _MOST_WAITING:
                queue.put_nowait(_STOP)

    def tell_all(self, event: Event) -> None:
        """Send an event to all pages."""
        for session in self._open:
            self.tell(session, event)

    def stop(self) -> None:
        """End all streams, so that the server can stop. Pages connect again by themselves."""
        self._has_stopped = True
        self.tell_all(_STOP)
