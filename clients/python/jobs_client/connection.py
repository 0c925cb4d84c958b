"""One connection to the jobs' server: sends through Celery, and reads results by itself.

Stock Celery retries for 19 s when the server is away, and then refuses to read any result until the process
restarts ("The Celery application must be restarted"). Both come from its consumer of results, which this
client replaces, so each call ends within 5 s and the next one works as soon as the server is back.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from redis import exceptions as redis_errors

from . import rabbitmq, sentinels
from .backend import without_subscribing
from .database import DatabaseResults, is_database, with_driver
from .drift import DriftCheck, Hashes
from .options import SendOptions
from .results import Results
from .retrying import PUBLISH_POLICY, RETRY_ONCE
from .sending import RefusedError, SendingApp

# Two attempts to connect take 4 s, so that a call without a server ends within 5 s.
CONNECT_TIMEOUT_S = 2.0
REPLY_TIMEOUT_S = 4.0

_SCHEMES = ("redis", "rediss", "sentinel")
# What the workers declare on RabbitMQ; it refuses a sender that declares something else.
_QUORUM = {"task_create_missing_queue_type": "quorum", "task_create_missing_queue_exchange_type": "topic"}


class Connection:
    """The Celery app that sends, and the results. Use ``app`` where this package has no call."""

    def __init__(
        self,
        broker_url: str,
        result_backend: str,
        global_keyprefix: str = "",
        contract: tuple[str, Hashes] | None = None,
    ) -> None:
        scheme = result_backend.partition("://")[0]
        in_database = is_database(result_backend)
        if in_database:
            result_backend = with_driver(result_backend)
        elif scheme not in _SCHEMES:
            raise ValueError(
                f"JOBS_RESULT_BACKEND has the scheme {scheme!r}: the client reads redis://, rediss://, "
                "sentinel:// and db+postgresql://"
            )
        self.app = _app(broker_url, result_backend, global_keyprefix)
        self._drift = DriftCheck(self.app, *contract) if contract else None
        self.results = (
            DatabaseResults(self.app, result_backend)
            if in_database
            else Results(self.app, result_backend, global_keyprefix)
        )

    def send(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], options: SendOptions) -> str:
        """Send a task and return its id. Raises OperationalError when the server is away."""
        with self.sending():
            send: Any = self.app.send_task  # its stubs take whole seconds only
            return str(send(name, list(args), dict(kwargs), **options).id)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Send in this block; errors as in ``reported``. The first success starts the contract check."""
        with self.reported(), without_subscribing():
            yield
        if self._drift is not None:
            self._drift.begin()

    @contextmanager
    def reported(self) -> Iterator[None]:
        """Turn every connection error into one OperationalError that names the server."""
        try:
            yield
        except RefusedError as error:
            raise RefusedError(
                f"the message was refused by the jobs' server {self._server()}: {error}"
            ) from error
        except (OperationalError, OSError, redis_errors.ConnectionError, redis_errors.TimeoutError) as error:
            raise OperationalError(f"cannot reach the jobs' server {self._server()}: {error}") from error

    def _server(self) -> str:
        url = str(self.app.connection_for_write().as_uri())
        return url.replace("//:**@", "//")  # as_uri() writes this also without a password


def _app(broker_url: str, result_backend: str, global_keyprefix: str) -> Celery:
    prefix = {"global_keyprefix": global_keyprefix} if global_keyprefix else {}
    app = SendingApp(
        "jobs_client",
        set_as_current=False,
        amqp=f"{__package__}.sending:AMQP",
        control=f"{__package__}.retrying:Control",
    )
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        **_broker_settings(broker_url, prefix),
        **_result_settings(result_backend, prefix),
    )
    backend = f"{__package__}.backend:"
    app.loader.override_backends = {
        "redis": f"{backend}Backend",
        "rediss": f"{backend}Backend",
        "sentinel": f"{backend}SentinelsBackend",
    }
    return app


def _broker_settings(url: str, prefix: Mapping[str, str]) -> dict[str, Any]:
    sentinel_servers = sentinels.read(url)
    servers = rabbitmq.read(url) or sentinel_servers
    url = servers.url if servers else url
    options = {**prefix, **(sentinel_servers.options if sentinel_servers else {})}
    timeouts = {"socket_connect_timeout": CONNECT_TIMEOUT_S, "socket_timeout": REPLY_TIMEOUT_S}
    on_redis = url.startswith(_SCHEMES)
    return {
        "broker_url": url,
        "broker_connection_timeout": CONNECT_TIMEOUT_S,
        # Without confirmations, RabbitMQ may drop a message without an error.
        "broker_transport_options": options | (timeouts if on_redis else {"confirm_publish": True}),
        "broker_use_ssl": servers.tls if servers else None,
        "task_publish_retry_policy": PUBLISH_POLICY,
        **({} if on_redis else _QUORUM),
    }


def _result_settings(url: str, prefix: Mapping[str, str]) -> dict[str, Any]:
    servers = sentinels.read(url)
    options = servers.options if servers else {}
    return {
        "result_backend": servers.url if servers else url,
        # The workers create the tables, so that a service can start while the database is away.
        "database_create_tables_at_setup": False,
        "redis_socket_timeout": REPLY_TIMEOUT_S,
        "redis_socket_connect_timeout": CONNECT_TIMEOUT_S,
        "redis_backend_use_ssl": servers.tls if servers else None,
        "result_backend_transport_options": {**prefix, **options, "retry_policy": RETRY_ONCE},
    }
