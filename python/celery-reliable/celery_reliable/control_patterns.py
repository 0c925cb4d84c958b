"""Checks the patterns by which control commands choose workers, before kombu matches them in the main loop.

The Node workers have the same limits (``protocol/pidbox.js``).
"""

import re

from celery_reliable.fanout import MalformedBroadcastError
from celery_reliable.types import Payload

_MAX_PATTERN = 255
_MAX_CHOICES = 4
_CHOICE = re.compile(r"[*+?{|]")
_REPEATED_GROUP = re.compile(r"\)[*+?{]|\(\?")


def check_pattern(body: Payload) -> None:
    """Raise MalformedBroadcastError for a pattern that may take too long to match.

    The rule is simple, because what makes a regular expression slow is hard to find: few choices, and none of
    them repeated.
    """
    pattern, matcher = body.get("pattern"), body.get("matcher")
    if body.get("destination") or not pattern or not matcher:
        return
    if not isinstance(pattern, str) or not isinstance(matcher, str):
        raise MalformedBroadcastError("its pattern or its matcher is not a string")
    if len(pattern) > _MAX_PATTERN:
        raise MalformedBroadcastError(f"its pattern is longer than {_MAX_PATTERN} characters")
    if matcher != "pcre":
        return
    if len(_CHOICE.findall(pattern)) > _MAX_CHOICES or _REPEATED_GROUP.search(pattern):
        rule = f"at most {_MAX_CHOICES} of * + ? {{ |, no (?, and no quantifier after a group"
        raise MalformedBroadcastError(f"its pattern may take too long to match: {rule}")
