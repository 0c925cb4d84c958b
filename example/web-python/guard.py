"""Checks every request: sessions, CSRF, limits and headers. Errors never name a path."""

import asyncio
import base64
import hashlib
import hmac
import logging
import math
import os
import re
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from jobs_client import OperationalError
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import Message

UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024
_FORM_LIMIT_BYTES = UPLOAD_LIMIT_BYTES + 4096
_BODY_LIMIT_BYTES = 64 * 1024
ARRIVES_WITHIN_S = float(os.environ.get("WEB_BODY_TIMEOUT_S") or 60)
_SESSION_S = 30 * 24 * 3600
_OPEN = {"/api/session", "/livez", "/readyz", "/openapi.json"}
_CODES = {
    404: "not-found",
    405: "not-found",
    408: "too-slow",
    413: "too-large",
    415: "unsupported-media-type",
}
# Others are ignored: the answer is the whole file.
_RANGE = re.compile(r"bytes=(\d+-\d*|-\d+)")
# Only this server's own files: no inline script or style, no frame, no form that leaves the page.
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
    "x-download-options": "noopen",
    "x-frame-options": "SAMEORIGIN",
    "x-permitted-cross-domain-policies": "none",
    "x-xss-protection": "0",
}


class Refusal(Exception):
    """An error answer."""

    retry_after_s = 0

    def __init__(self, status: int, code: str, message: str, *, job: object = None, **details: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, **details}} | ({"job": job} if job else {})


class Guard:
    """Checks permissions and limits before the body of a request is read."""

    def __init__(self, env: Mapping[str, str], *, is_away: Callable[[], bool]) -> None:
        secret = env.get("WEB_SECRET")
        if not secret:
            logging.getLogger("uvicorn").warning("WEB_SECRET is not set: sessions end with this process")
        self._key = (secret or secrets.token_hex()).encode()
        self._is_secure, self._is_away = env.get("WEB_SECURE") == "1", is_away
        self._limit = RateLimitItemPerMinute(int(env.get("WEB_POSTS_PER_MINUTE") or 120))
        self._posts = FixedWindowRateLimiter(MemoryStorage())

    def begin(self, request: Request, response: Response) -> dict[str, str]:
        """Give a browser its session's cookie, and the token for its POSTs."""
        session = self._session(request) or str(uuid.uuid4())
        signed = quote(f"{session}.{self._signature(session)}", safe="")
        # Each time, so that a session in use does not expire.
        response.set_cookie("session", signed, _SESSION_S, httponly=True, secure=self._is_secure)
        return {"csrf": self._csrf(session)}

    def session(self, request: Request) -> str:
        """Return the session of the signed cookie, or refuse the request."""
        if session := self._session(request):
            return session
        raise Refusal(401, "no-session", "This page has no session yet: get /api/session first")

    def check(self, request: Request) -> Request:
        """Refuse a request that lacks permission.

        That is one without a session, and a POST that is forged, over the rate limit, or of another type.
        Returns the request with a limit on its body. This is not a dependency, because FastAPI reads the body
        before it calls dependencies.
        """
        if request.method == "POST":
            self._count(self._session(request) or (request.client.host if request.client else ""))
        session = self.session(request)
        if request.method != "POST":
            return request
        # The cookie alone proves nothing: a browser also sends it with a form of another site.
        if not hmac.compare_digest(
            request.headers.get("x-csrf-token", "").encode(), self._csrf(session).encode()
        ):
            raise Refusal(403, "csrf", "The header X-CSRF-Token is not the session's: get /api/session again")
        if self._is_away():
            raise _away()
        return _limited(request, _limit_of(request))

    def _count(self, client: str) -> None:
        if self._posts.hit(self._limit, client):
            return
        ends_at = self._posts.get_window_stats(self._limit, client).reset_time
        message = f"Too many POSTs: at most {self._limit.amount} a minute; wait, then try again"
        refusal = Refusal(429, "too-many-requests", message)
        refusal.retry_after_s = max(1, math.ceil(ends_at - time.time()))
        raise refusal

    def _session(self, request: Request) -> str:
        session, _, signature = unquote(request.cookies.get("session", "")).partition(".")
        return session if hmac.compare_digest(signature.encode(), self._signature(session).encode()) else ""

    def _signature(self, session: str) -> str:
        # As @fastify/cookie signs, so that both web servers know each other's sessions.
        signature = hmac.new(self._key, session.encode(), hashlib.sha256).digest()
        return base64.b64encode(signature).decode().rstrip("=")

    def _csrf(self, session: str) -> str:
        return hmac.new(self._key, f"csrf {session}".encode(), hashlib.sha256).hexdigest()


def protect(app: FastAPI, guard: Guard) -> None:
    """Check requests of the API, add headers to every answer, and answer every error as JSON."""

    class Route(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()
            is_open = self.path in _OPEN

            async def checked(request: Request) -> Response:
                return await handle(request if is_open else guard.check(request))

            return checked

    app.router.route_class = Route

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        _ignore_other_ranges(request)
        try:
            response = await call_next(request)
            if "range" in request.headers and response.status_code in (400, 416):
                response = await answer(request, Refusal(416, "range", "The file has no such range of bytes"))
        except Exception as error:  # here, and not by a handler, whose answer would lack the headers
            response = await answer(request, error)
        response.headers.update(HEADERS)
        # Answers of the API are a session's own; files of the page may have changed.
        response.headers["cache-control"] = "no-store" if request.url.path.startswith("/api/") else "no-cache"
        return response

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        refusal = _refusal_for(error)
        if refusal.status == 500:
            logging.getLogger("uvicorn.error").error("a request failed", exc_info=error)
        retry_after_s = 2 if refusal.status == 503 else refusal.retry_after_s
        headers = {"retry-after": str(retry_after_s)} if retry_after_s else {}
        if refusal.status == 408:
            headers["connection"] = "close"  # the rest of the request may come later
        return JSONResponse(refusal.body, refusal.status, headers)

    for kind in (Refusal, OperationalError, RequestValidationError, ValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


def _limit_of(request: Request) -> int:
    """Return how many bytes a body may have. Refuses one that is too large, or neither JSON nor a form."""
    headers = request.headers
    size = int(headers.get("content-length", "0"))
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    has_body = size > 0 or "transfer-encoding" in headers
    if (kind or has_body) and kind not in ("application/json", "multipart/form-data"):
        raise Refusal(415, _CODES[415], "Use application/json, or a form for a file")
    limit = _FORM_LIMIT_BYTES if kind == "multipart/form-data" else _BODY_LIMIT_BYTES
    if size > limit:
        raise _too_large()
    return limit


def _ignore_other_ranges(request: Request) -> None:
    if not _RANGE.fullmatch(request.headers.get("range", "")):
        request.scope["headers"] = [each for each in request.scope["headers"] if each[0] != b"range"]


def _limited(request: Request, limit: int) -> Request:
    """Return a request whose body is refused beyond a limit and after some time.

    It may not say its length, and may never end.
    """
    size = 0
    until = time.monotonic() + ARRIVES_WITHIN_S

    async def receive() -> Message:
        nonlocal size
        try:
            async with asyncio.timeout(until - time.monotonic()):
                message = await request.receive()
        except TimeoutError:
            raise HTTPException(408, "The request did not arrive in time") from None
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large()
        return message

    return Request(request.scope, receive)


def _refusal_for(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OperationalError):
        return _away()
    if isinstance(error, RequestValidationError | ValidationError):
        found = error.errors()[0]
        field = "body" if found["type"].startswith("json") else str((found["loc"] or ("body",))[-1])
        return Refusal(422, "invalid", found["msg"], field=field)
    if isinstance(error, HTTPException) and error.status_code == 400:
        return Refusal(422, "invalid", str(error.detail), field="body")
    if isinstance(error, HTTPException) and error.status_code < 500:
        code = _CODES.get(error.status_code, "refused")
        message = "There is nothing here" if code == "not-found" else str(error.detail)
        return Refusal(404 if code == "not-found" else error.status_code, code, message)
    return Refusal(500, "failed", "Something failed here: please try again")


def _too_large() -> HTTPException:
    return HTTPException(413, "The body is too large")


def _away() -> Refusal:
    return Refusal(503, "away", "The jobs' server is away: nothing was sent, please try again in a moment")
