"""The Lua scripts, one file each. The Node workers ship the same files, byte for byte."""

from collections.abc import Callable, Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Literal

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, NoScriptError, ReadOnlyError, RedisError, ResponseError

from celery_reliable.refusals import unwrapped
from celery_reliable.types import Reply

Name = Literal[
    "take",
    "start",
    "settle",
    "bury",
    "requeue",
    "park",
    "renew",
    "sweep",
    "restore",
    "revive",
    "expire",
    "measure",
    "chord_add",
]
Argument = str | bytes | int | float

_TEXTS = {
    script.name.removesuffix(".lua"): script.read_bytes()
    for script in files(__package__).joinpath("lua").iterdir()
    if script.name.endswith(".lua")
}
_DIGESTS = {name: sha1(text, usedforsecurity=False).hexdigest() for name, text in _TEXTS.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, int)


def _is_text(value: object) -> bool:
    return isinstance(value, (bytes, str))


def _are(is_one: Callable[[object], bool], values: object) -> bool:
    return isinstance(values, list) and all(map(is_one, values))


def _are_deliveries(reply: Reply) -> bool:
    """Of four values each, after three numbers; the last of the four is the message."""
    if not isinstance(reply, list) or len(reply) % 4 != 3:
        return False
    return all(_is_text(value) if at > 3 and at % 4 == 2 else _is_number(value) for at, value in enumerate(reply))


def _are_found(reply: Reply) -> bool:
    return isinstance(reply, list) and len(reply) == 4 and all(_are(_is_text, found) for found in reply[2:])


def _are_measures(reply: Reply) -> bool:
    """Three numbers, then per queue three numbers and a list of texts."""
    if not isinstance(reply, list) or len(reply) % 4 != 3:
        return False
    return all(_are(_is_text, value) if at > 3 and at % 4 == 2 else _is_number(value) for at, value in enumerate(reply))


# Tests for each script's reply, as its header describes it. Any other reply belongs to another command.
_IS_REPLY: dict[str, Callable[[Reply], bool]] = {
    **dict.fromkeys(("settle", "bury", "requeue", "park", "revive"), lambda reply: _are(_is_number, reply)),
    **dict.fromkeys(("start", "expire", "chord_add"), _is_number),
    "take": _are_deliveries,
    "renew": lambda reply: _are(_is_text, reply),
    "sweep": _are_found,
    "measure": _are_measures,
    "restore": lambda reply: _are(_is_number, reply[1:]) and _is_text(reply[0]) if reply else False,
}


def run(client: "Redis", name: Name, keys: Sequence[str], args: Sequence[Argument]) -> Reply:
    """Run a script and return its reply.

    A server that does not know the script has not run it, so sending its text does not run it twice. Bytes that
    are not UTF-8 go through as ``surrogateescape`` reads them.

    Raises:
        redis.exceptions.RedisError: the server cannot be reached, or refuses. A server that has become a replica
            counts as one that cannot be reached: a new connection reaches the server that has the address
            now. So does one whose reply is not this script's.
    """
    values = [_encoded(value) for value in (len(keys), *keys, *args)]
    try:
        try:
            reply = client.evalsha(_DIGESTS[name], *values)
        except NoScriptError:
            reply = client.eval(_TEXTS[name].decode(), *values)
    except ResponseError as error:
        if isinstance(refusal := unwrapped(error), ReadOnlyError):
            raise unusable(client, str(refusal)) from error
        if refusal is error:
            raise
        raise refusal from error
    except (RedisError, OSError) as error:
        if isinstance(error, InvalidResponse):
            raise unusable(client, f"unexpected reply: {error}") from error
        raise
    except Exception as error:  # from a parser that is out of step
        raise unusable(client, f"unexpected reply: {type(error).__name__}: {error}") from error
    if not _IS_REPLY[name](reply):
        raise unusable(client, f"unexpected reply: {reply!r:.100}")
    return reply


def unusable(client: "Redis", reason: str) -> RedisConnectionError:
    """Throw the client's connections away, and return the error to raise: later replies may be wrong too."""
    client.connection_pool.disconnect()
    return RedisConnectionError(reason)


def _encoded(value: Argument) -> Reply:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
