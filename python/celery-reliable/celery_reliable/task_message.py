"""Checks the parts of a task's message that Celery uses unchecked.

Mirrors ``node/celery-js/src/protocol/decode-task.js``: missing values are empty, values of another kind are
refused.
"""

from celery.exceptions import InvalidTaskError

from celery_reliable.envelope import is_storable
from celery_reliable.types import Json, Payload

#: Arguments, keyword arguments, and follow-ups of the task.
Body = tuple[list[Json] | tuple[Json, ...], Payload, Payload]

# The keys of the third part of a body. Any other would override a header, such as the task's id, and Celery would take
# a missing one from the headers, which the limits do not count.
_FOLLOWERS = ("callbacks", "errbacks", "chain", "chord")
_LISTS = _FOLLOWERS[:3]
# Longer than any task runs, and short enough for every timer.
_MAX_LIMIT_S = 10 * 365 * 86_400
# What a task compares and adds to, and Celery's backoff raises 2 to.
_MAX_RETRIES = 2**31 - 1
# Each is looked up in the stamps, and in those that are revoked.
_MAX_STAMPED_HEADERS = 1_000


def checked_body(args: Json, kwargs: Json, embed: Json) -> Body:
    """Return the parts of a body as Celery reads them, the same objects where nothing is wrong with them.

    Raises:
        InvalidTaskError: one of them is of another kind.
    """
    args, kwargs = [] if args is None else args, {} if kwargs is None else kwargs
    if not isinstance(args, (list, tuple)):
        raise InvalidTaskError("Task arguments must be a list")
    if not isinstance(kwargs, dict):
        raise InvalidTaskError("Task keyword arguments must be a mapping")
    if embed and not isinstance(embed, dict):
        raise InvalidTaskError("The embed is not a mapping")
    if not embed or embed.keys() != set(_FOLLOWERS):
        embed = {name: (embed or {}).get(name) for name in _FOLLOWERS}
    _check_followers(embed)
    return args, kwargs, embed


def _check_followers(embed: Payload) -> None:
    # Celery would send a task for each character of a text, and for each key of a dictionary.
    for name in _LISTS:
        if embed[name] and not isinstance(embed[name], (list, tuple)):
            raise InvalidTaskError(f"{name} must be a list")
    if embed["chord"] and not isinstance(embed["chord"], dict):
        raise InvalidTaskError("chord must be a signature")


def check_headers(headers: Payload) -> None:
    """Check the headers that Celery reads outside of the task's own body; write as Celery expects what can be read.

    Raises:
        InvalidTaskError: one of them is not what Celery assumes; the message names it.
    """
    if not is_storable(headers.get("id")):
        raise InvalidTaskError("The message has no task id")
    if "retries" in headers:
        headers["retries"] = _checked_retries(headers["retries"])
    limits = headers.get("timelimit")
    if limits and not (isinstance(limits, (list, tuple)) and len(limits) == 2 and all(map(_is_limit, limits))):
        raise InvalidTaskError(f"timelimit is {limits!r:.80}: expected [hard, soft] in seconds, or null for none")
    stamped = headers.get("stamped_headers")
    if stamped and not (isinstance(stamped, (list, tuple)) and all(isinstance(name, str) for name in stamped)):
        raise InvalidTaskError("stamped_headers must be a list of names")
    if stamped:
        if len(stamped) > _MAX_STAMPED_HEADERS:
            raise InvalidTaskError(f"stamped_headers has {len(stamped)} names: the limit is {_MAX_STAMPED_HEADERS}")
        headers["stamped_headers"] = list(dict.fromkeys(stamped))
    stamps = headers.get("stamps")
    if stamps and not isinstance(stamps, dict):
        raise InvalidTaskError("stamps must be a mapping")


def _checked_retries(retries: Json) -> int:
    if retries is None:
        return 0
    is_number = isinstance(retries, (int, float)) and not isinstance(retries, bool)
    # Compared first: neither nan nor infinity is converted.
    if not is_number or not 0 <= retries <= _MAX_RETRIES or retries != int(retries):
        raise InvalidTaskError(f"retries must be a whole number from 0 to {_MAX_RETRIES}")
    return int(retries)


def _is_limit(value: object) -> bool:
    if value is None:
        return True
    # Compared, and so neither nan nor infinity, nor an integer that no float can hold.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _MAX_LIMIT_S
