"""Celery's connections, made to keep our transport for every URL scheme.

kombu reads a URL's scheme as the name of a transport. It drops the scheme when another transport is
requested, and returns to it when it switches to the next URL of a list: kombu would use no TLS with a
``rediss://`` server, and a worker behind two Sentinels would be a stock worker after the first failover.
"""

import ssl
import time
from collections.abc import Callable
from functools import cached_property
from urllib.parse import urlsplit

import kombu
from celery.app import amqp
from kombu import connection as kombu_connection

from celery_reliable import rabbitmq_transport
from celery_reliable.outage import LONGEST_PAUSE_S
from celery_reliable.rabbitmq_url import SCHEMES
from celery_reliable.sending import Producer
from celery_reliable.types import App, Passed

TRANSPORT = "celery_reliable.transport:Transport"
TLS_TRANSPORT = "celery_reliable.transport:TlsTransport"
SENTINEL_TRANSPORT = "celery_reliable.transport:SentinelTransport"

# URL scheme -> transport. Other brokers keep their own.
_TRANSPORTS = {
    "redis": TRANSPORT,
    "redis+socket": TRANSPORT,
    "rediss": TLS_TRANSPORT,
    "sentinel": SENTINEL_TRANSPORT,
}


class Connection(kombu.Connection):
    """Chooses our transport by the URL's scheme, for the first URL and for each that it fails over to.

    Mirrors ``kombu.Connection``. Without options for TLS the certificate of a ``rediss://`` server is checked.
    """

    # The names that logs and the banner show for the transports.
    resolve_aliases = {  # noqa: RUF012 - kombu declares it
        **kombu.Connection.resolve_aliases,
        TRANSPORT: "redis",
        TLS_TRANSPORT: "rediss",
        SENTINEL_TRANSPORT: "sentinel",
    }

    #: Called between two attempts to connect; an exception ends them. A stopping worker sends no more events.
    on_retry: Callable[[], object] | None = None

    def __init__(
        self, hostname: Passed = "localhost", *args: Passed, transport: Passed = None, **kwargs: Passed
    ) -> None:
        self._is_ours = transport in _TRANSPORTS.values()
        self._scheme = _scheme_of(hostname)
        if self._is_ours and self._scheme and self._scheme not in _TRANSPORTS:
            transport = None
        super().__init__(hostname, *args, **kwargs, transport=transport)  # type: ignore[misc]

    def _ensure_connection(  # type: ignore[override]
        self,
        errback: Passed = None,
        max_retries: int | None = None,
        interval_start: Passed = 2,
        interval_step: Passed = 2,
        interval_max: Passed = 30,
        callback: Passed = None,
        **kwargs: Passed,
    ) -> Passed:
        """Shorten the pauses: Celery's heartbeat retries in the event loop, with pauses of up to 30 s."""
        if self.on_retry is not None:
            callback = callback or self.on_retry
            interval_max = min(interval_max, LONGEST_PAUSE_S)
        return super()._ensure_connection(
            errback, max_retries, interval_start, interval_step, interval_max, callback, **kwargs
        )

    def completes_cycle(self, retries: int) -> bool:
        """Whether all URLs were tried (``kombu.Connection.completes_cycle``); one attempt asks all sentinels."""
        return self._is_of_sentinels or bool(super().completes_cycle(retries))

    @property
    def _is_of_sentinels(self) -> bool:
        return bool(self.transport_cls == SENTINEL_TRANSPORT)

    def get_transport_cls(self) -> Passed:
        """Return the transport's class (mirrors ``kombu.Connection.get_transport_cls``); for AMQP, ours."""
        found = super().get_transport_cls()
        return rabbitmq_transport.TRANSPORTS.get(found, found)

    def Pool(self, limit: int | None = None, **kwargs: Passed) -> Passed:  # noqa: N802 - kombu's name
        """Return a pool (mirrors ``kombu.Connection.Pool``) whose connections are of this class, too."""
        return ConnectionPool(self, limit, **kwargs)

    def info(self) -> Passed:
        """Return the parameters, as ``inspect stats`` shows them, without the password of sentinels."""
        info = super().info()
        if kwargs := info["transport_options"].get("sentinel_kwargs"):
            shown = {name: "**" if name == "password" else value for name, value in kwargs.items()}
            info["transport_options"] = {**info["transport_options"], "sentinel_kwargs": shown}
        return info

    def switch(self, conn_str: str) -> None:
        """Take the parameters of another URL (mirrors ``kombu.Connection.switch``).

        Not of another sentinel: the channel asks them all, and the next URL may have no password or database.
        """
        if self._is_of_sentinels:
            conn_str = self.alt[0]
        self._scheme = _scheme_of(conn_str)
        super().switch(conn_str)

    def _init_params(self, *, transport: Passed, ssl: Passed, **params: Passed) -> None:  # type: ignore[override]
        if self._is_ours:
            transport = _TRANSPORTS.get(self._scheme, transport)
        if transport == TLS_TRANSPORT and not ssl:
            ssl = {"ssl_cert_reqs": _CHECKED}
        super()._init_params(transport=transport, ssl=ssl, **params)


class PooledConnection(kombu_connection.PooledConnection, Connection):  # type: ignore[misc] # kombu's types differ
    """Goes back to its pool when it is released (mirrors ``kombu.connection.PooledConnection``)."""


class ConnectionPool(kombu_connection.ConnectionPool):
    """Mirrors ``kombu.connection.ConnectionPool``, whose connections would leave our transport when they switch."""

    def new(self) -> Passed:
        """Make a connection."""
        return PooledConnection(self, **dict(self.connection._info(resolve=False)))


class AMQP(amqp.AMQP):
    """Celery's ``app.amqp`` with these connections; chosen by ``Celery.amqp_cls``."""

    Connection = BrokerConnection = Connection
    Producer = Producer

    @property
    def producer_pool(self) -> Passed:
        """The pool of producers (mirrors ``celery.app.amqp.AMQP.producer_pool``), with our class."""
        pool = super().producer_pool
        pool.Producer = self.Producer
        return pool

    publisher_pool = producer_pool

    def as_task_v2(self, *args: Passed, **kwargs: Passed) -> Passed:
        """Make a task's message (mirrors ``celery.app.amqp.AMQP.as_task_v2``), with the time of its sending.

        The property ``timestamp`` is AMQP's own, in seconds; on AMQP they are whole ones. Celery does not read it.
        """
        message = super().as_task_v2(*args, **kwargs)
        message.properties["timestamp"] = int(time.time()) if self._is_on_amqp else round(time.time(), 3)
        return message

    @cached_property
    def _is_on_amqp(self) -> bool:
        return _scheme_of(self.app.conf.broker_url).startswith("amqp")


_CHECKED = ssl.CERT_REQUIRED


def foreign_scheme(app: App) -> str:
    """Return the scheme of a broker that this package does not know, such as ``sqs``, or nothing."""
    scheme = _scheme_of(app.conf.broker_read_url or app.conf.broker_url)
    return "" if scheme in _TRANSPORTS or scheme in SCHEMES else scheme


def _scheme_of(hostname: Passed) -> str:
    """The scheme of a URL, of a list of URLs, or of several joined by semicolons."""
    first = hostname if isinstance(hostname, str) else next(iter(hostname or ()), "")
    return urlsplit(first).scheme if "://" in first else ""
