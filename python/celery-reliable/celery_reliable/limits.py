"""The limits of a single message, checked on sending and, because other programs send too, on taking.

The same limits as in ``node/celery-js/src/protocol/limits.js``.
Parsing time depends on the number of lists, dictionaries and members, not on bytes, so they are counted before
parsing. Each refusal names its limit.
"""

import json
import re
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import TypedDict

from celery.exceptions import ImproperlyConfigured, InvalidTaskError
from kombu.exceptions import DecodeError, EncodeError

from celery_reliable.envelope import body_text, fields_of, id_for_sender, read_envelope
from celery_reliable.types import Payload, Settings

# Celery's own messages need some levels; the pool of processes gives up on deeper ones (pickle, `RecursionError`).
MIN_DEPTH, MAX_DEPTH = 10, 400
#: The longest id, name and moment: they are parts of keys, log lines, events and counts (``restore.lua`` has the same
#: number). Celery cuts what it shows of arguments at 1,024 characters.
MAX_ID_BYTES, MAX_REPR_BYTES = 2_048, 65_536
_LONGEST = {
    **dict.fromkeys(
        ("id", "task", "shadow", "root_id", "parent_id", "group", "taskset", "eta", "expires"), MAX_ID_BYTES
    ),
    **dict.fromkeys(("correlation_id", "correlationId", "delivery_tag", "reply_to", "replyTo"), MAX_ID_BYTES),
    **dict.fromkeys(("argsrepr", "kwargsrepr"), MAX_REPR_BYTES),
}


@dataclass(frozen=True)
class Limits:
    """The limits of one connection: sizes in bytes, all others as numbers."""

    message_size_limit: int = 64 * 1024 * 1024
    decompressed_size_limit: int = 64 * 1024 * 1024
    message_depth_limit: int = 300
    message_value_limit: int = 1_000_000
    callback_limit: int = 1_000
    chain_length_limit: int = 10_000


NAMES = tuple(field.name for field in fields(Limits))

# Possessive: a backtracking point for every escape would take a hundred times the memory of the text. An unterminated
# string runs to the end of the text, so no other match starts inside it.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BRACKETS = b"[]{}"
# Opening brackets as 1, closing ones as -1, in signed bytes.
_STEPS = bytes.maketrans(_BRACKETS, b"\x01\xff\x01\xff")
_NO_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
# The text after the arguments of a task without follow-ups, as Celery writes it.
_NO_FOLLOWERS = b'{"callbacks": null, "errbacks": null, "chain": null, "chord": null}]'
_HEADERS = re.compile(rb'"headers": ?\{')
_TASK_ID = re.compile(rb'"id": ?"([^"\\]+)"')
_CORRELATION_ID = re.compile(rb'"(?:correlation_id|correlationId)": ?"([^"\\]+)"')
_DELIVERY_TAG = re.compile(rb'"delivery_tag": ?"([^"\\]+)"')
# How far into the headers, and from the end of the message, to search for an id, in bytes.
_ID_SEARCH_BYTES = 65_536


class LimitOptions(TypedDict, total=False):
    """The limits as keyword arguments of ``celery_reliable.install``."""

    message_size_limit: int
    decompressed_size_limit: int
    message_depth_limit: int
    message_value_limit: int
    callback_limit: int
    chain_length_limit: int


def check_names(given: Mapping[str, object]) -> None:
    """Check the names of limits. Raises TypeError for an unknown one, as Python does for an argument."""
    for name in given:
        if name not in NAMES:
            raise TypeError(f"install() got an unexpected keyword argument {name!r}")


def read_limits(given: Settings) -> Limits:
    """Return the limits among a connection's transport options.

    Raises:
        ImproperlyConfigured: a value is not of its kind; the message names it and what it takes.
    """
    known = {name: given[name] for name in NAMES if given.get(name) is not None}
    for name, value in known.items():
        least, most = (MIN_DEPTH, MAX_DEPTH) if name == "message_depth_limit" else (1, None)
        is_count = isinstance(value, int) and not isinstance(value, bool)
        if not is_count or value < least or (most is not None and value > most):
            expected = f"a whole number, {least} or more" + ("" if most is None else f", at most {most}")
            raise ImproperlyConfigured(f"broker_transport_options[{name!r}] is {value!r}: expected {expected}")
    return Limits(**known)


def read_within(raw: bytes, limits: Limits) -> Payload:
    """Return a message as kombu reads it.

    Raises:
        ValueError: it is not an envelope, and names no task.
        kombu.exceptions.DecodeError: it is too large, nested too deep, or has too many values; or it cannot be read.
        celery.exceptions.InvalidTaskError: the task has too many follow-ups, or too long an id or name.

    ``payload_of`` either of the latter returns the fields that identify the task, for its sender.
    """
    payload: Payload = {}
    try:
        check_raw(raw, limits)
        payload = _read_named(raw)
        _check_body(payload, limits)
        _check_lengths(payload)
    except (DecodeError, InvalidTaskError) as error:
        # Only a body within the limits is read for the id.
        task_id = id_for_sender(payload) if isinstance(error, InvalidTaskError) else task_id_in(raw)
        if task_id and len(task_id) > _ID_SEARCH_BYTES:
            task_id = None  # no client waits under such a key
        vars(error)["payload"] = {"headers": {"id": task_id}, "properties": {}, "body": ""}
        raise
    return payload


def _read_named(raw: bytes) -> Payload:
    try:
        return read_envelope(raw)
    except ValueError as error:
        # For example, one of its headers has a type that kombu does not know. The sender waits for the result.
        if task_id_in(raw) is None:
            raise
        raise DecodeError(str(error)) from error


def check_delivered(payload: Payload, limits: Limits) -> None:
    """Check a message whose body came as bytes. Raises the errors of ``read_within``, except ValueError."""
    try:
        size = len(payload["body"] or b"")
        if size > limits.message_size_limit:
            raise _refusal(DecodeError, f"the message has {size} bytes", "message_size_limit", limits)
        _check_body({**payload, "headers": {**payload["headers"], "compression": None}}, limits)
        _check_lengths(payload)
    except (DecodeError, InvalidTaskError) as error:
        vars(error)["payload"] = {**payload, "body": b""}
        raise


def check_sending(payload: Payload, limits: Limits) -> None:
    """Check a message's body and names before it is sent: refuse here what a worker would refuse.

    Raises:
        kombu.exceptions.EncodeError: it is over a limit, which the message names.
    """
    with _refusing_to_send():
        _check_body(payload, limits)
        _check_lengths(payload)


def check_text_to_send(text: str, limits: Limits) -> None:
    """Check the text of a whole message before it is sent. Raises as ``check_sending``."""
    with _refusing_to_send():
        check_raw(text.encode(), limits)


@contextmanager
def _refusing_to_send() -> Iterator[None]:
    try:
        yield
    except (DecodeError, InvalidTaskError) as error:
        raise EncodeError(str(error)) from error


def too_deep(limits: Limits) -> Exception:
    """Return the refusal of a message that is nested deeper than it can be written."""
    return _refusal(EncodeError, "the message is nested too deep", "message_depth_limit", limits)


def check_raw(raw: bytes, limits: Limits) -> None:
    """Check the text of a whole message. Raises kombu.exceptions.DecodeError if it must not be parsed."""
    if len(raw) > limits.message_size_limit:
        raise _refusal(DecodeError, f"the message has {len(raw)} bytes", "message_size_limit", limits)
    _check_text(raw, "the message", limits)


def payload_of(error: BaseException) -> Payload:
    """Return the fields that identify the task in a refused message; empty if unknown."""
    return dict(vars(error).get("payload", {}))


def _check_body(payload: Payload, limits: Limits) -> None:
    text = body_text(payload)
    if text is None:
        return
    _check_text(text, "the body", limits)
    if text.endswith(_NO_FOLLOWERS):
        return
    try:
        body = json.loads(text)
    except ValueError:
        return
    embed = body[2] if isinstance(body, list) and len(body) > 2 else body
    if isinstance(embed, dict):
        _check_followers(embed, limits)


def _check_text(text: bytes, what: str, limits: Limits) -> None:
    opening = text.count(b"[") + text.count(b"{")
    if opening <= limits.message_depth_limit and opening + text.count(b":") <= limits.message_value_limit:
        return
    bare = _STRING.sub(b"", text)
    if bare.count(b"[") + bare.count(b"{") + bare.count(b":") > limits.message_value_limit:
        many = f"{what} has too many lists, dictionaries and members"
        raise _refusal(DecodeError, many, "message_value_limit", limits)
    steps = array("b", bare.translate(_STEPS, _NO_BRACKETS))
    if max(accumulate(steps), default=0) > limits.message_depth_limit:
        raise _refusal(DecodeError, f"{what} is nested too deep", "message_depth_limit", limits)


def _check_lengths(payload: Payload) -> None:
    fields = fields_of(payload)
    # Any other message, such as an event, may have fields of these names.
    given = {**payload["properties"], **fields} if "task" in fields else {"id": fields.get("id")}
    for name, most in _LONGEST.items():
        text = given.get(name)
        if not isinstance(text, str) or len(text) * 4 <= most:  # most of a character's bytes
            continue
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > most:
            raise InvalidTaskError(f"the task's {name} has {size} bytes: the limit is {most}")


def _check_followers(embed: Payload, limits: Limits) -> None:
    links = _length(embed.get("callbacks")) + _length(embed.get("errbacks"))
    if links > limits.callback_limit:
        raise _refusal(InvalidTaskError, f"the task has {links} callbacks and errbacks", "callback_limit", limits)
    steps = _length(embed.get("chain"))
    if steps > limits.chain_length_limit:
        raise _refusal(InvalidTaskError, f"the chain has {steps} more tasks", "chain_length_limit", limits)


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def task_id_in(raw: bytes) -> str | None:
    """Return the id in a message without parsing it: in its headers, which follow the body; else its correlation id."""
    headers = _HEADERS.search(raw)
    found = _TASK_ID.search(raw, headers.end(), headers.end() + _ID_SEARCH_BYTES) if headers else None
    found = found or _CORRELATION_ID.search(raw, max(0, len(raw) - _ID_SEARCH_BYTES))
    return found[1].decode(errors="replace") if found else None


def counted_id_in(raw: bytes) -> str:
    """Return the id that losses are counted under, as ``envelope.counted_id_of``, without parsing the message."""
    found = _DELIVERY_TAG.search(raw, max(0, len(raw) - _ID_SEARCH_BYTES))
    return task_id_in(raw) or (found[1].decode(errors="replace") if found else "")


def _refusal(kind: type[Exception], what: str, name: str, limits: Limits) -> Exception:
    return kind(f"{what}: the limit is {name}={getattr(limits, name)}")
