"""What every request meets first: sessions, CSRF, limits, headers, and errors."""

import base64
import hashlib
import hmac
import logging
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from jobs_client import OperationalError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024
_FORM_LIMIT_BYTES = UPLOAD_LIMIT_BYTES + 4096
_BODY_LIMIT_BYTES = 64 * 1024
_SESSION_S = 30 * 24 * 3600
_CODES = {404: "not-found", 405: "not-found", 413: "too-large", 415: "unsupported-media-type"}
# Only this server's own files: no inline script or style, no frame, no form that leaves the page.
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
}

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, message: str, *, job: object = None, **details: str) -> None:
        super().__init__(message)
        self.status, self.job = status, job
        self.error = {"code": code, "message": message, **details}

    def answer(self) -> JSONResponse:
        """Return it as JSON."""
        body = {"error": self.error} | ({} if self.job is None else {"job": self.job})
        retry = {503: "2", 429: "60"}.get(self.status)
        return JSONResponse(body, self.status, {"retry-after": retry} if retry else None)


def away() -> Refusal:
    """Return the answer while the jobs' server is away."""
    return Refusal(503, "away", "The jobs' server is away: nothing was sent, please try again in a moment")


class Guard:
    """Who may do what: FastAPI's dependencies ``session`` and ``poster`` of the routes."""

    def __init__(
        self, secret: str, posts_per_minute: int, *, is_secure: bool, is_away: Callable[[], bool]
    ) -> None:
        if not secret:
            logging.getLogger("uvicorn").warning("WEB_SECRET is not set: sessions end with this process")
        self._key = (secret or secrets.token_hex()).encode()
        self._limit, self._is_secure, self._is_away = (posts_per_minute, is_secure, is_away)
        self._posts: dict[str, tuple[float, int]] = {}

    def session(self, request: Request) -> str:
        """Return the session of the signed cookie, or refuse the request."""
        if not (session := self._session(request)):
            raise Refusal(401, "no-session", "This page has no session yet: get /api/session first")
        return session

    def poster(self, request: Request) -> str:
        """Return the session of a POST that its own page has sent, within limits."""
        session = self.session(request)
        # The cookie alone proves nothing: a browser also sends it with a form of another site.
        if not hmac.compare_digest(request.headers.get("x-csrf-token", "").encode(), self._csrf(session)):
            message = "The header X-CSRF-Token is not the session's: get /api/session again"
            raise Refusal(403, "csrf", message)
        kind = request.headers.get("content-type", "application/json").partition(";")[0]
        if kind not in ("application/json", "multipart/form-data"):
            raise Refusal(415, _CODES[415], "Use application/json, or a form for a file")
        self._count(session)
        if self._is_away():
            raise away()
        return session

    def begin(self, request: Request, response: Response) -> dict[str, str]:
        """Give a browser its session's cookie, if it has none, and the token for its POSTs."""
        if not (session := self._session(request)):
            session = str(uuid.uuid4())
            value = quote(f"{session}.{self._signature(session)}", safe="")
            cookie = f"session={value}; Max-Age={_SESSION_S}; Path=/; HttpOnly; SameSite=Lax"
            response.headers["set-cookie"] = cookie + ("; Secure" if self._is_secure else "")
        return {"csrf": self._csrf(session).decode()}

    def _session(self, request: Request) -> str:
        session, _, signature = unquote(request.cookies.get("session", "")).partition(".")
        return session if hmac.compare_digest(signature.encode(), self._signature(session).encode()) else ""

    def _signature(self, session: str) -> str:
        # As @fastify/cookie signs, so that both web servers know each other's sessions.
        signature = hmac.new(self._key, session.encode(), hashlib.sha256).digest()
        return base64.b64encode(signature).decode().rstrip("=")

    def _csrf(self, session: str) -> bytes:
        return hmac.new(self._key, f"csrf {session}".encode(), hashlib.sha256).hexdigest().encode()

    def _count(self, session: str) -> None:
        """Refuse more POSTs than a minute's; the counts are this process's."""
        now = time.monotonic()
        if len(self._posts) > 10_000:
            self._posts = {name: each for name, each in self._posts.items() if now - each[0] < 60}
        since, count = self._posts.get(session, (now, 0))
        since, count = (now, 0) if now - since >= 60 else (since, count)
        self._posts[session] = since, count + 1
        if count >= self._limit:
            raise Refusal(429, "too-many-requests", f"At most {self._limit} of these a minute")


class Limits:
    """Refuses bodies that are too large before they are read, and adds headers to each answer."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Serve a request."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        headers = dict(scope.get("headers", ()))
        is_form = headers.get(b"content-type", b"").startswith(b"multipart/")
        size = int(headers.get(b"content-length", b"0"))
        if scope["type"] == "http" and size > (_FORM_LIMIT_BYTES if is_form else _BODY_LIMIT_BYTES):
            refusal = Refusal(413, _CODES[413], "The body is too large")
            await refusal.answer()(scope, receive, send_with_headers)
        elif scope["type"] == "http" and b"transfer-encoding" in headers:
            refusal = Refusal(411, "no-length", "The body needs a Content-Length")
            await refusal.answer()(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


def answer_errors(app: FastAPI) -> None:
    """Answer every error as JSON."""

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return refusal_for(error).answer()

    for kind in (
        Refusal,
        OperationalError,
        RequestValidationError,
        ValidationError,
        HTTPException,
        Exception,
    ):
        app.add_exception_handler(kind, answer)


def refusal_for(error: Exception) -> Refusal:
    """Return the answer to an error."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OperationalError):
        return away()
    if isinstance(error, (RequestValidationError, ValidationError)):
        found = error.errors()[0]
        field = "body" if found["type"].startswith("json") else str((found["loc"] or ("body",))[-1])
        return Refusal(422, "invalid", found["msg"], field=field)
    if isinstance(error, HTTPException) and error.status_code < 500:
        code = _CODES.get(error.status_code, "refused")
        message = "There is nothing here" if code == "not-found" else str(error.detail)
        return Refusal(404 if code == "not-found" else error.status_code, code, message)
    return Refusal(500, "failed", "Something failed here: please try again")
