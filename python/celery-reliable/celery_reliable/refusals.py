"""Recognizes refusals: by a server that refuses all clients for now, or only this client."""

import re
import ssl
from collections.abc import Callable

from redis._parsers import BaseParser
from redis.exceptions import (
    AuthenticationError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)

from celery_reliable.sentinel import SentinelRefusedError

# redis-py has a class for some of these answers.
_CLASSES = (AuthenticationError, MasterDownError, NoPermissionError, OutOfMemoryError, ReadOnlyError)
# A script was allowed, but one of its commands was not: Redis 7 and Valkey, Redis 6.2.
_IN_SCRIPT = ("ACL failure in script", "The user executing the script can't")
_WORDS = re.compile(rf"(BUSY|MISCONF|NOREPLICAS|CLUSTERDOWN|TRYAGAIN)\b|{'|'.join(_IN_SCRIPT)}")
# Redis 6.2 puts this before the answer to a command of a script.
_WRAPPING = re.compile(r"(ERR )?(Error running script \(call to \w+\): )?(@?user_script: ?\d+: )+-?")


def unwrapped(error: ResponseError) -> ResponseError:
    """Return the error of a script's command as if the command had been sent alone, as Redis 7 and Valkey do.

    Redis 6.2 puts words before it, by which redis-py does not know it any more.
    """
    wrapping = _WRAPPING.match(str(error))
    if wrapping is None:
        return error
    parse: Callable[[str], ResponseError] = BaseParser.parse_error
    return parse(str(error)[wrapping.end() :].strip())


def is_passing(error: Exception) -> bool:
    """Whether the refusal may pass: a full, busy or diskless server, a replica, or a missing permission."""
    # redis-py puts the command first if it was one of a pipeline.
    answer = str(error).rpartition("of pipeline caused error: ")[2]
    return isinstance(error, _CLASSES) or (isinstance(error, ResponseError) and bool(_WORDS.match(answer)))


def is_missing_right(error: object) -> bool:
    """Whether the server's user may not run this command, or one of this script."""
    return isinstance(error, NoPermissionError) or str(error).startswith(_IN_SCRIPT)


def is_for_now(error: Exception) -> bool:
    """Whether a client may wait for the refusal to pass: it passes by itself, unlike a missing permission."""
    return is_passing(error) and not is_missing_right(error)


def is_refused_connection(error: Exception) -> bool:
    """Whether a connection was refused for a reason that lasts: user, password, database, certificate."""
    if isinstance(error, (AuthenticationError, NoPermissionError, SentinelRefusedError)):
        return True
    if isinstance(error, ResponseError):
        return not is_passing(error)
    # redis-py raises its own error while it handles that of TLS.
    return isinstance(error.__context__, ssl.SSLCertVerificationError)
