"""Checks every request: sessions, CSRF, limits and headers. Errors never name a path."""

import base64
import hashlib
import hmac
import logging
import secrets
import uuid
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from jobs_client import OperationalError
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pydantic import ValidationError
from starlette.exceptions import HTTPException

UPLOAD_LIMIT_BYTES = 2 * 1024 * 1024
FORM_LIMIT_BYTES = UPLOAD_LIMIT_BYTES + 4096
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


class Refusal(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str, *, job: object = None, **details: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, **details}} | ({"job": job} if job else {})


class Guard:
    """Checks permissions: ``session`` and ``poster`` are FastAPI dependencies of the routes."""

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

    def poster(self, request: Request) -> str:
        """Return the session of a POST from its own page, or refuse a forged or surplus one."""
        session = self.session(request)
        # The cookie alone proves nothing: a browser also sends it with a form of another site.
        if not hmac.compare_digest(
            request.headers.get("x-csrf-token", "").encode(), self._csrf(session).encode()
        ):
            raise Refusal(403, "csrf", "The header X-CSRF-Token is not the session's: get /api/session again")
        kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if kind not in ("application/json", "multipart/form-data"):
            raise Refusal(415, _CODES[415], "Use application/json, or a form for a file")
        if not self._posts.hit(self._limit, session):
            raise Refusal(429, "too-many-requests", f"At most {self._limit.amount} of these a minute")
        if self._is_away():
            raise _away()
        return session

    def _session(self, request: Request) -> str:
        session, _, signature = unquote(request.cookies.get("session", "")).partition(".")
        return session if hmac.compare_digest(signature.encode(), self._signature(session).encode()) else ""

    def _signature(self, session: str) -> str:
        # As @fastify/cookie signs, so that both web servers know each other's sessions.
        signature = hmac.new(self._key, session.encode(), hashlib.sha256).digest()
        return base64.b64encode(signature).decode().rstrip("=")

    def _csrf(self, session: str) -> str:
        return hmac.new(self._key, f"csrf {session}".encode(), hashlib.sha256).hexdigest()


def protect(app: FastAPI) -> None:
    """Limit bodies, add headers to every answer, and answer every error as JSON."""
    # For bodies that do not say their length. A limit of the whole app would answer in plain text.
    app.router.max_body_size = FORM_LIMIT_BYTES

    @app.middleware("http")
    async def add_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        headers = request.headers
        is_form = headers.get("content-type", "").startswith("multipart/")
        limit = FORM_LIMIT_BYTES if is_form else _BODY_LIMIT_BYTES
        is_too_large = int(headers.get("content-length", "0")) > limit
        refusal = Refusal(413, _CODES[413], "The body is too large")
        response = await (answer(request, refusal) if is_too_large else call_next(request))
        response.headers.update(_HEADERS)
        if request.url.path.startswith("/api/"):
            response.headers["cache-control"] = "no-store"  # a session's own
        return response

    async def answer(_request: Request, error: Exception) -> JSONResponse:
        refusal = _refusal_for(error)
        if refusal.status == 500:
            logging.getLogger("uvicorn.error").error("a request failed", exc_info=error)
        retry = {503: "2", 429: "60"}.get(refusal.status)
        return JSONResponse(refusal.body, refusal.status, {"retry-after": retry} if retry else None)

    for kind in (
        Refusal,
        OperationalError,
        RequestValidationError,
        ValidationError,
        HTTPException,
        Exception,
    ):
        app.add_exception_handler(kind, answer)


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


def _away() -> Refusal:
    return Refusal(503, "away", "The jobs' server is away: nothing was sent, please try again in a moment")
