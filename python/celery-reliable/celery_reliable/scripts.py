"""The Lua scripts, one file each. The Node workers ship the same files, byte for byte."""

from collections.abc import Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Any, Literal

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, NoScriptError, ReadOnlyError, RedisError

Name = Literal["take", "start", "settle", "bury", "requeue", "park", "renew", "sweep", "restore", "revive", "expire"]
Argument = str | bytes | int | float

_TEXTS = {
    script.name.removesuffix(".lua"): script.read_bytes()
    for script in files(__package__).joinpath("lua").iterdir()
    if script.name.endswith(".lua")
}
_DIGESTS = {name: sha1(text, usedforsecurity=False).hexdigest() for name, text in _TEXTS.items()}


def run(client: "Redis", name: Name, keys: Sequence[str], args: Sequence[Argument]) -> Any:
    """Run a script and return its reply.

    A server that does not know the script has not run it, so that sending its text is not a second try. Bytes that
    are no UTF-8 go through as ``surrogateescape`` reads them.

    Raises:
        redis.exceptions.RedisError: the server cannot be reached, or refuses. A server that has become a replica
            counts as one that cannot be reached: what has the address now is another server, after a new connection.
    """
    values = [_encoded(value) for value in (len(keys), *keys, *args)]
    try:
        try:
            return client.evalsha(_DIGESTS[name], *values)
        except NoScriptError:
            return client.eval(_TEXTS[name].decode(), *values)
    except ReadOnlyError as error:
        raise unusable(client, str(error)) from error
    except (RedisError, OSError) as error:
        if isinstance(error, InvalidResponse):
            raise unusable(client, f"not what a server answers: {error}") from error
        raise
    except Exception as error:  # of a parser that has lost its way
        raise unusable(client, f"not what a server answers: {type(error).__name__}: {error}") from error


def unusable(client: "Redis", reason: str) -> RedisConnectionError:
    """Throw the client's connections away, and return the error to raise: what follows on them may be as wrong."""
    client.connection_pool.disconnect()
    return RedisConnectionError(reason)


def _encoded(value: Argument) -> Any:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
