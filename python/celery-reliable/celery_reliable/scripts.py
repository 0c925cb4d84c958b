"""The Lua scripts, one file each. The Node workers ship the same files, byte for byte."""

from collections.abc import Sequence
from hashlib import sha1
from importlib.resources import files
from typing import Any, Literal

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, ReadOnlyError

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
        client.connection_pool.disconnect()
        raise RedisConnectionError(str(error)) from error


def _encoded(value: Argument) -> Any:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
