"""Answers requests that do not arrive in time, or are not HTTP, and ends their connections."""

import asyncio
import json
from http import HTTPStatus

import h11
from guard import ARRIVES_WITHIN_S, HEADERS, Refusal
from uvicorn.protocols.http.h11_impl import H11Protocol

_LOOK_AGAIN_S = 1.0
_UNFINISHED = (h11.IDLE, h11.SEND_BODY)


class Protocol(H11Protocol):
    """Limits the time for a request, which uvicorn does not: from its first byte, or the connection's begin.

    While a request has no answer, the guard limits the time for its body.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._look_after(ARRIVES_WITHIN_S)

    def data_received(self, data: bytes) -> None:
        """Note where a request begins and ends."""
        if self._deadline is None:
            self._look_after(ARRIVES_WITHIN_S)
        super().data_received(data)
        if self.conn.their_state not in _UNFINISHED:
            self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._forget()
        super().connection_lost(exc)

    def send_400_response(self, _msg: str) -> None:
        """Answer what is not HTTP."""
        self._refuse(Refusal(400, "not-http", "This is not an HTTP request"))

    def _look_after(self, delay_s: float) -> None:
        self._deadline = self.loop.call_later(delay_s, self._look)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _look(self) -> None:
        if self.conn.their_state is h11.IDLE:
            self._refuse(Refusal(408, "too-slow", "The request did not arrive in time"))
        elif self.cycle.response_started:
            self.transport.abort()  # the rest of its body may have no end
        else:
            self._look_after(_LOOK_AGAIN_S)

    def _refuse(self, refusal: Refusal) -> None:
        body = json.dumps(refusal.body).encode()
        own = {
            "cache-control": "no-store",
            "content-type": "application/json",
            "content-length": str(len(body)),
            "connection": "close",
        }
        lines = [f"{name}: {value}" for name, value in {**HEADERS, **own}.items()]
        status = HTTPStatus(refusal.status)
        head = "\r\n".join([f"HTTP/1.1 {status.value} {status.phrase}", *lines, "", ""])
        self.transport.write(head.encode() + body)
        self.transport.close()
