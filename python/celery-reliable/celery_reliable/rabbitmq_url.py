"""The URLs of RabbitMQ: several servers separated by semicolons, and the parameters of TLS.

Both languages know the same (``node/celery-js/src/transport/amqp/url.js``).
"""

from urllib.parse import parse_qsl, urlsplit

from celery_reliable.server_url import TLS_PARAMETERS, UrlError, read_parameter, unknown_parameter


def check_url(text: str) -> None:
    """Check a broker's URL for RabbitMQ.

    Raises:
        UrlError: a parameter is not known, or has a wrong value.
        ValueError: the port is not a number, or out of range.
    """
    scheme = text.split("://", 1)[0]
    for url in text.split(";"):
        parts = urlsplit(url if "://" in url else f"{scheme}://{url}")
        _ = parts.port
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            if name not in TLS_PARAMETERS:
                raise unknown_parameter(name, TLS_PARAMETERS, "amqp://user:password@host")
            if parts.scheme != "amqps":
                raise UrlError(f"{name} is for amqps://")
            read_parameter(name, value)
