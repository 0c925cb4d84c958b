"""Settings that suit most apps: JSON only, checked certificates, clients that fail soon, workers that wait."""

import ssl

from celery_reliable import rabbitmq
from celery_reliable.database_url import is_database, read_database_url
from celery_reliable.installing import DATABASE_RESULTS
from celery_reliable.rabbitmq_transport import give_up_if_silent
from celery_reliable.server_url import read_url
from celery_reliable.types import Settings

CONNECT_TIMEOUT_S = 2
SOCKET_TIMEOUT_S = 5
# At once, then after 0.2 and 0.4 s: sending to a server that is away fails within two seconds.
PUBLISH_RETRY_POLICY = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "interval_max": 1}
# kombu's default. With a shorter one, stock workers requeue tasks that other workers still run.
VISIBILITY_TIMEOUT_S = 3600

# A placeholder for a server whose settings are not used.
NOT_ASKED = "redis://127.0.0.1:6379/0"

CLIENT_RESULTS = "celery_reliable.client_results:RedisResults"
CLIENT_SENTINEL_RESULTS = "celery_reliable.client_results:SentinelResults"
# The parameters of a result backend's URL that Celery takes as transport options.
_SENTINEL_OPTIONS = ("master_name", "min_other_sentinels", "sentinel_kwargs")


def recommended_settings(broker_url: str, result_backend: str, global_keyprefix: str = "") -> Settings:
    """Return Celery's settings, to which a project adds its own.

    For Redis or Valkey servers or RabbitMQ as broker, and results in Redis, Valkey or PostgreSQL.

    Raises:
        ValueError: a URL has a parameter that is not known, or has a wrong value.
    """
    if is_database(result_backend):
        return recommended_settings(broker_url, broker_url, global_keyprefix) | _of_database(result_backend)
    if rabbitmq.is_rabbitmq(broker_url):
        # The rest is about the server of the results.
        other = NOT_ASKED if rabbitmq.is_rabbitmq(result_backend) else result_backend
        policy = {**PUBLISH_RETRY_POLICY, "errback": give_up_if_silent}
        of_broker = {**rabbitmq.recommended(broker_url), "task_publish_retry_policy": policy}
        return recommended_settings(other, other, global_keyprefix) | of_broker
    broker_url, broker_options = read_url(broker_url)
    result_backend, result_options = read_url(result_backend)
    prefix = {"global_keyprefix": global_keyprefix}
    limits = {"socket_connect_timeout": CONNECT_TIMEOUT_S, "socket_timeout": SOCKET_TIMEOUT_S}
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "event_serializer": "json",
        "enable_utc": True,
        "broker_url": broker_url,
        "broker_use_ssl": broker_options.pop("ssl", None) or _checked(broker_url),
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # forever: see reconnecting.py; stock Celery after 2, 4 ... 30 s
        "broker_transport_options": {
            **prefix,
            **limits,
            "socket_keepalive": True,
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            **broker_options,
        },
        "result_backend": result_backend,
        "redis_backend_use_ssl": result_options.pop("ssl", None) or _checked(result_backend),
        "override_backends": {
            "sentinel": CLIENT_SENTINEL_RESULTS,
            **dict.fromkeys(("redis", "rediss"), CLIENT_RESULTS),
        },
        "result_backend_transport_options": {
            **prefix,
            **{name: result_options[name] for name in _SENTINEL_OPTIONS if name in result_options},
        },
        "redis_socket_keepalive": result_options.get("socket_keepalive", True) and "+socket:" not in result_backend,
        "redis_backend_health_check_interval": result_options.get("health_check_interval"),
        **{f"redis_{name}": result_options.get(name, seconds) for name, seconds in limits.items()},
        "task_publish_retry_policy": PUBLISH_RETRY_POLICY,
        "worker_prefetch_multiplier": 1,
    }


def _of_database(url: str) -> Settings:
    """Results in PostgreSQL: with all columns, as a history."""
    connecting = {} if "connect_timeout=" in url else {"connect_timeout": CONNECT_TIMEOUT_S}
    return {
        "result_backend": read_database_url(url),
        "override_backends": {"db": DATABASE_RESULTS},
        "result_extended": True,
        "database_engine_options": {"pool_pre_ping": True, "pool_recycle": 3600, "connect_args": connecting},
    }


def _checked(url: str) -> Settings | None:
    """Celery's default does not check the certificate of a rediss:// server."""
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED} if url.startswith("rediss:") else None
