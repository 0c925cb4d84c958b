"""Reads the parts of a message that the transport needs before delivery."""

import json
from base64 import b64decode
from datetime import datetime, tzinfo
from typing import Any, TypeGuard

from celery.utils.time import maybe_iso8601
from kombu.compression import decompress
from kombu.exceptions import DecodeError
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import loads

from celery_reliable.types import Json, Payload

#: Where a payload has its decompressed body; no message has such a key.
PLAIN: Any = object()


def read_envelope(raw: bytes) -> Payload:
    """Return the message as kombu reads it.

    Raises:
        ValueError: it is not an envelope; ``take`` looks at messages, but not at all of the text.
    """
    try:
        payload = loads(bytes_to_str(raw))
        if isinstance(payload["properties"], dict) and "body" in payload:
            return dict(payload)
    except Exception as error:  # readers of typed values may raise any error
        raise ValueError(f"no envelope: {error}") from error
    raise ValueError("no envelope: properties or body are missing")


def headers_of(payload: Payload) -> Payload:
    """Return the headers, empty when the message has none."""
    headers = payload.get("headers")
    return headers if isinstance(headers, dict) else {}


def task_id_of(payload: Payload) -> str:
    """Return the task's id, or an empty string when none can be read (protocol 1 has it in the body)."""
    task_id = headers_of(payload).get("id")
    return task_id if is_storable(task_id) else ""


def counted_id_of(payload: Payload) -> str:
    """Return the id under which a lost worker is counted, or an empty string.

    The task's id. Protocol 1 has it in the body, where a script does not look, and usually as its correlation id; else
    the sender's delivery tag identifies the message. ``take.lua`` reads the same.
    """
    properties = payload["properties"]
    ids = (headers_of(payload).get("id"), *_correlation_ids(properties), properties.get("delivery_tag"))
    return next(filter(is_storable, ids), "")


def id_for_sender(payload: Payload) -> str:
    """Return the id under which the sender waits, or an empty string: the task's, else the same as correlation id."""
    ids = (task_id_of(payload), id_in_body(payload), *_correlation_ids(payload.get("properties") or {}))
    return next(filter(is_storable, ids), "")


def _correlation_ids(properties: Payload) -> tuple[object, ...]:
    return properties.get("correlation_id"), properties.get("correlationId")  # celery-node's spelling


def is_storable(task_id: object) -> TypeGuard[str]:
    """Whether a result can be stored under an id; half a surrogate pair has no bytes."""
    try:
        return isinstance(task_id, str) and task_id.encode() != b""
    except UnicodeEncodeError:
        return False


def id_in_body(payload: Payload) -> str:
    """Return the task's id of a message of protocol 1, or an empty string when none can be read."""
    task_id = _fields_in_body(payload).get("id")
    return task_id if is_storable(task_id) else ""


def task_name_of(payload: Payload) -> str:
    """Return the task's name, which protocol 1 has in the body, or an empty string when none can be read."""
    headers = headers_of(payload)
    name = (headers if "task" in headers else _fields_in_body(payload)).get("task")
    return name if isinstance(name, str) else ""


def _fields_in_body(payload: Payload) -> Payload:
    try:
        body = json.loads(body_text(payload) or b"")
    except Exception:  # any error in reading a body
        return {}
    return body if isinstance(body, dict) else {}


def body_text(payload: Payload) -> bytes | None:
    """The body as text; None if unreadable, which Celery reports better. Raises DecodeError for a bomb.

    A decompressed body is kept in the payload.
    """
    body: Json = payload.get("body")
    compression = headers_of(payload).get("compression")
    if compression and PLAIN in payload:
        return bytes(payload[PLAIN])
    try:
        is_base64 = payload["properties"].get("body_encoding") == "base64"
        data = b64decode(body) if is_base64 else body if isinstance(body, bytes) else str(body).encode()
        if compression:
            data = payload[PLAIN] = decompress(data, compression)
    except DecodeError:
        raise
    except Exception:  # any error in reading it
        return None
    return bytes(data)


def eta_of(payload: Payload, timezone: tzinfo | None) -> float | None:
    """Return the eta in seconds since the epoch; None without a readable one, which Celery handles.

    Protocol 1 has it in the body. ``timezone`` applies to an eta that names none; without it such an eta is unknown.
    """
    try:
        eta = maybe_iso8601(fields_of(payload).get("eta"))
        if not isinstance(eta, datetime):
            return None
        if eta.tzinfo is None:
            if timezone is None:
                return None
            eta = eta.replace(tzinfo=timezone)
        return eta.timestamp()
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None


def fields_of(payload: Payload) -> Payload:
    """Return the fields of a task: the headers; in protocol 1 the body. A hybrid of both may have some in the body."""
    headers = headers_of(payload)
    if "task" not in headers:
        return _fields_in_body(payload)
    is_of_celery = "eta" in headers or not _may_be_mapping(payload)
    return headers if is_of_celery else {**_fields_in_body(payload), **headers}


def _may_be_mapping(payload: Payload) -> bool:
    """Whether the body may be a mapping, by its beginning: reading every body would slow down short tasks."""
    if headers_of(payload).get("compression"):
        return (body_text(payload) or b"")[:3].lstrip()[:1] == b"{"
    is_base64 = payload["properties"].get("body_encoding") == "base64"
    body = payload["body"]
    try:
        return (b64decode(body[:4]) if is_base64 else body).lstrip()[:1] in ("{", b"{")
    except (AttributeError, TypeError, ValueError):
        return False
