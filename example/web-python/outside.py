"""Reads uploaded files, and asks the mail catcher."""

import os
from typing import Any

import httpx
from fastapi import Request
from guard import UPLOAD_LIMIT_BYTES, Refusal
from starlette.exceptions import HTTPException

# It is on this machine or next to it, so no proxy leads there.
_mailbox = httpx.AsyncClient(
    base_url=os.environ.get("MAILBOX_URL") or "http://127.0.0.1:2580", timeout=2, trust_env=False
)


async def upload_of(request: Request) -> bytes | None:
    """Return the file of a form; None when the request is not a form."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return None
    try:
        form = await request.form(max_files=1, max_fields=0)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise Refusal(422, "invalid", str(error.detail), field="file") from None
    file = form.get("file")
    if file is None or isinstance(file, str):
        raise Refusal(422, "invalid", 'The form has no file: add it as the field "file"', field="file")
    if not (file.filename or "").lower().endswith(".csv"):
        raise Refusal(415, "unsupported-media-type", "Use a CSV file", field="file")
    content = await file.read()
    if len(content) > UPLOAD_LIMIT_BYTES:
        raise Refusal(413, "too-large", "The file is too large")
    return content


async def ask_mailbox(method: str, path: str, **options: Any) -> Any:
    """Ask the mail catcher."""
    try:
        answer = await _mailbox.request(method, path, **options)
        return answer.raise_for_status().json()
    except httpx.HTTPError:
        raise Refusal(502, "no-mailbox", "The mail catcher does not answer") from None
