"""Marks a message as redelivered in its text, as kombu marks it when it puts a message back.

Mirrors ``kombu.transport.redis.Channel._do_restore_message``. The text is edited, never encoded again:
large numbers, the order of keys, spacing and whatever else the sender wrote stay as they are.
"""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_WHITESPACE = re.compile(r"[ \t\n\r]*")
# Possessive: a backtracking point for every character or escape would take a hundred times the memory of the text.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_WORD = re.compile(r'[^\s,:{}\[\]"]+')
_BRACKET_OR_QUOTE = re.compile(r'["{}\[\]]')
_MARK = "redelivered"


class _Member(NamedTuple):
    """One member of an object: its key and the span of its value."""

    key: str
    start: int
    end: int


class _Edit(NamedTuple):
    """A span of the text and what replaces it."""

    start: int
    end: int
    text: str


def mark_redelivered(raw: str) -> str:
    """Set ``headers.redelivered`` and ``properties.delivery_info.redelivered`` to true.

    An object that is missing is left out; a member that is there already is overwritten, wherever it stands.

    Raises:
        ValueError: the text is not a JSON object.
    """
    edits: list[_Edit] = []
    start = _skip_whitespace(raw, 0)
    if raw[start : start + 1] != "{":
        raise _malformed(start)
    for member in _members(raw, start):
        if member.key == "headers":
            edits += _edits_to_mark(raw, member.start)
        elif member.key == "properties" and raw[member.start] == "{":
            for info in _members(raw, member.start):
                if info.key == "delivery_info":
                    edits += _edits_to_mark(raw, info.start)
    return "".join(_applied(raw, edits))


def _applied(raw: str, edits: list[_Edit]) -> Iterator[str]:
    taken = 0
    for edit in edits:
        yield raw[taken : edit.start]
        yield edit.text
        taken = edit.end
    yield raw[taken:]


def _edits_to_mark(text: str, start: int) -> list[_Edit]:
    if text[start] != "{":
        return []
    members = list(_members(text, start))
    marks = [_Edit(member.start, member.end, "true") for member in members if member.key == _MARK]
    if marks:
        return marks
    if not members:
        return [_Edit(start + 1, start + 1, f'"{_MARK}": true')]
    return [_Edit(members[-1].end, members[-1].end, f', "{_MARK}": true')]


def _members(text: str, start: int) -> Iterator[_Member]:
    at = _skip_whitespace(text, start + 1)
    if text[at : at + 1] == "}":
        return
    while True:
        key = _STRING.match(text, at)
        if key is None:
            raise _malformed(at)
        colon = _skip_whitespace(text, key.end())
        if text[colon : colon + 1] != ":":
            raise _malformed(colon)
        value = _skip_whitespace(text, colon + 1)
        end = _end_of_value(text, value)
        yield _Member(json.loads(key.group(), strict=False), value, end)
        at = _skip_whitespace(text, end)
        if text[at : at + 1] == "}":
            return
        if text[at : at + 1] != ",":
            raise _malformed(at)
        at = _skip_whitespace(text, at + 1)


def _end_of_value(text: str, start: int) -> int:
    first = text[start : start + 1]
    if first in ("{", "["):
        return _end_of_container(text, start)
    found = (_STRING if first == '"' else _WORD).match(text, start)
    if found is None:
        raise _malformed(start)
    return found.end()


def _end_of_container(text: str, start: int) -> int:
    """Without recursion: a message may be nested deeper than the stack is."""
    closers: list[str] = []
    at = start
    while found := _BRACKET_OR_QUOTE.search(text, at):
        at = found.end()
        char = found.group()
        if char == '"':
            string = _STRING.match(text, found.start())
            if string is None:
                break
            at = string.end()
        elif char in "{[":
            closers.append("}" if char == "{" else "]")
        elif not closers or closers.pop() != char:
            raise _malformed(found.start())
        elif not closers:
            return at
    raise _malformed(start)


def _skip_whitespace(text: str, start: int) -> int:
    found = _WHITESPACE.match(text, start)
    return found.end() if found else start


def _malformed(at: int) -> ValueError:
    return ValueError(f"the message is not a JSON object: it breaks at character {at}")
