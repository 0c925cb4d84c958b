"""The URL of a server: the parameters that its query may have, and how they reach Celery.

Both languages know the same (``node/celery-js/src/transport/redis/url-parameters.js``). kombu and redis-py
each know different parameters, and raise a ``TypeError`` for an unknown one, or for a number given as text.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from celery_reliable import sentinel_url
from celery_reliable.types import Settings
from celery_reliable.url_parts import check_place

_Read = TypeVar("_Read")


class UrlError(ValueError):
    """Raised for a parameter that is not known or has a wrong value; the text says which values are valid."""


class ServerUrl(NamedTuple):
    """A URL as Celery takes it, and the typed parameters of its query: ``socket_timeout`` and its like.

    Those of ``sentinel://`` are kombu's transport options, and ``ssl``: Celery's ``broker_use_ssl``.
    """

    url: str
    options: Settings


def _seconds(text: str) -> float:
    with suppress(ValueError):
        seconds = float(text)
        if 0 < seconds < float("inf"):
            return seconds
    raise ValueError("expected seconds, more than 0")


def _flag(text: str) -> bool:
    if not re.fullmatch("1|t|true|y|yes|0|f|false|n|no", text, re.IGNORECASE):
        raise ValueError("expected true or false")
    return text[0].lower() in "1ty"


# The parameters that become options, and how they are read.
_OPTIONS: dict[str, Callable[[str], object]] = {
    "socket_timeout": _seconds,
    "socket_connect_timeout": _seconds,
    "socket_keepalive": _flag,
    "health_check_interval": _seconds,
}


def _cert_reqs(text: str) -> str:
    name = text.lower().removeprefix("cert_")
    if name not in ("required", "optional", "none"):
        raise ValueError("expected CERT_REQUIRED, CERT_OPTIONAL or CERT_NONE")
    return name


def readable_file(path: str) -> str:
    """Return the path of a file that this process can read.

    Raises:
        ValueError: it cannot.
    """
    try:
        Path(path).open().close()
    except OSError as error:
        raise ValueError(f"expected a file to read: {error}") from error
    return path


# The same for the parameters of ``rediss://``, which stay in the URL as kombu reads them.
_TLS: dict[str, Callable[[str], str]] = {
    "ssl_cert_reqs": _cert_reqs,
    "ssl_ca_certs": readable_file,
    "ssl_certfile": readable_file,
    "ssl_keyfile": readable_file,
    "ssl_check_hostname": lambda text: str(_flag(text)).lower(),
}
TLS_PARAMETERS = tuple(_TLS)
PARAMETERS = ("virtual_host", *_OPTIONS, *_TLS, *sentinel_url.PARAMETERS)
_EXAMPLE = "redis://user:password@host"


def read_url(text: str) -> ServerUrl:
    """Return a URL without the options of its query, and these.

    Raises:
        UrlError: a parameter is not known, or has a wrong value.
        ValueError: the port is not a number, or out of range.
    """
    if text.startswith("sentinel:"):
        return _read_sentinels(text)
    parts = urlsplit(text)
    check_place(parts)
    is_socket = parts.scheme == "redis+socket"
    options: Settings = {}
    kept: dict[str, str] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name in _OPTIONS:
            options[name] = _read(_OPTIONS[name], name, value)
        elif name == "virtual_host" and not is_socket:
            parts = parts._replace(path=f"/{_database(value)}")  # kombu takes it from the path alone
        elif name == "virtual_host":
            kept[name] = _database(value)
        elif name in _TLS and parts.scheme != "rediss":
            raise UrlError(f"{name} is for rediss://")
        elif name in _TLS:
            kept[name] = _read(_TLS[name], name, value)
        elif name in sentinel_url.PARAMETERS:
            raise UrlError(f"{name} is for sentinel://")
        else:
            raise unknown_parameter(name)
    query = f"?{urlencode(kept, safe='/:')}" if kept else ""
    return ServerUrl(f"{parts.scheme}://{parts.netloc}{parts.path}{query}", options)


def _read_sentinels(text: str) -> ServerUrl:
    try:
        url, given = sentinel_url.join_sentinels(text)
        _refuse_unknown(name for name, _ in given)
        options = {name: _read(_OPTIONS[name], name, value) for name, value in given if name in _OPTIONS}
        tls = {name: _read(_TLS[name], name, value) for name, value in given if name in _TLS}
        others = {name: value for name, value in given if name not in {**options, **tls}}
        return ServerUrl(url, {**options, **sentinel_url.sentinel_options(others, tls, _flag)})
    except UrlError:
        raise
    except ValueError as error:
        raise UrlError(str(error)) from error


def _refuse_unknown(names: Iterable[str]) -> None:
    for name in names:
        if name not in PARAMETERS:
            raise unknown_parameter(name)


def _read(reader: Callable[[str], _Read], name: str, value: str) -> _Read:
    try:
        return reader(value)
    except ValueError as error:
        raise UrlError(f"{name}={value!r}: {error}") from error


def read_parameter(name: str, value: str) -> str:
    """Return a parameter of TLS as kombu reads it.

    Raises:
        UrlError: it has a wrong value.
    """
    return _read(_TLS[name], name, value)


def _database(text: str) -> str:
    number = text.strip("/")
    if number and not re.fullmatch("[0-9]+", number):
        raise UrlError(f"virtual_host={text!r}: the database is a number")
    return number or "0"


def unknown_parameter(name: str, known: Sequence[str] = PARAMETERS, example: str = _EXAMPLE) -> UrlError:
    """Return the error for a parameter. It leaves out the value, which is a password if the name is wrong.

    ``example``: a URL with a user and a password.
    """
    if re.fullmatch("user(name|id)?|pass(word|wd)?", name):
        return UrlError(f"user and password belong before the '@' ({example}), not in the parameter {name!r}")
    near = get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return UrlError(f"unknown parameter {name!r}{hint}; known are {', '.join(known)}")
