"""The URLs of RabbitMQ: several servers separated by semicolons, and the parameters of TLS.

Both languages know the same (``node/celery-js/src/transport/amqp/url.js``).
"""

from urllib.parse import parse_qsl, urlsplit

from celery_reliable.server_url import TLS_PARAMETERS, UrlError, read_parameter, unknown_parameter
from celery_reliable.url_parts import check_place

SCHEMES = ("amqp", "amqps", "pyamqp")


def split_servers(text: str) -> list[str]:
    """Return the URL of each server; those after the first may leave out the scheme."""
    scheme = text.split("://", 1)[0]
    return [url if "://" in url else f"{scheme}://{url}" for url in text.split(";") if url.strip()]


def check_url(text: str) -> None:
    """Check a broker's URL for RabbitMQ.

    Raises:
        UrlError: a parameter is not known, or has a wrong value; the servers have different schemes.
        ValueError: the port is not a number, or out of range.
    """
    urls = [urlsplit(url) for url in split_servers(text)]
    for parts in urls:
        check_place(parts)
        if parts.scheme not in SCHEMES:
            raise UrlError(f"unknown scheme {parts.scheme!r}; expected amqp:// or amqps://")
        if (parts.scheme == "amqps") != (urls[0].scheme == "amqps"):
            raise UrlError("all servers need the same scheme, amqp:// or amqps://")
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            if name not in TLS_PARAMETERS:
                raise unknown_parameter(name, TLS_PARAMETERS, "amqp://user:password@host")
            if parts.scheme != "amqps":
                raise UrlError(f"{name} is for amqps://")
            read_parameter(name, value)
