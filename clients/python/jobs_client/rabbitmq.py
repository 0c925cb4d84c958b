"""RabbitMQ: several servers, separated by semicolons, and ``amqps://`` with the parameters of the workers."""

import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

_SCHEMES = ("amqp", "amqps", "pyamqp")
_PARAMETERS = ("ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
_LEVELS = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL}


class Servers(NamedTuple):
    """What Celery takes; ``tls`` is its ``broker_use_ssl``."""

    url: str
    tls: dict[str, Any] | None


def read(text: str) -> Servers | None:
    """Return the settings in a URL; None if it is not a RabbitMQ URL.

    Raises:
        ValueError: A parameter is unknown, or without TLS.

    """
    scheme = text.partition("://")[0]
    if scheme not in _SCHEMES:
        return None
    urls = [url if "://" in url else f"{scheme}://{url}" for url in text.split(";") if url]
    given = dict(pair for url in urls for pair in parse_qsl(urlsplit(url).query))
    if unknown := [name for name in given if name not in _PARAMETERS]:
        raise ValueError(f"{unknown[0]!r} is not a parameter of amqps://: known are {', '.join(_PARAMETERS)}")
    if given and scheme != "amqps":
        raise ValueError(f"{next(iter(given))} is for amqps://")
    bare = ";".join(url.partition("?")[0].replace("pyamqp://", "amqp://", 1) for url in urls)
    return Servers(bare, _tls_of(given) if scheme == "amqps" else None)


class _Tls(dict[str, Any]):
    """TLS options that check each server by its own name; kombu would keep the first one's name for all."""

    def __getitem__(self, name: str) -> Any:
        return None if name == "server_hostname" else super().__getitem__(name)


def _tls_of(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the TLS options; without any, the certificate and its name are checked."""
    level = given.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    tls = _Tls(cert_reqs=_LEVELS.get(level, ssl.CERT_REQUIRED))
    if level != "none" and given.get("ssl_check_hostname", "true")[:1].lower() in ("1", "t", "y"):
        tls["server_hostname"] = None  # kombu fills it in
    for name in ("ca_certs", "certfile", "keyfile"):
        if file := given.get(f"ssl_{name}"):
            tls[name] = file
    return tls
