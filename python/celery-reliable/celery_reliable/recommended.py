"""Settings that suit most apps: JSON alone, checked certificates, clients that fail soon, workers that wait."""

import ssl
from typing import Any

CONNECT_TIMEOUT_S = 2
SOCKET_TIMEOUT_S = 5
# At once, then after 0.2 and 0.4 s: sending to a server that is away fails within two seconds.
PUBLISH_RETRY_POLICY = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "interval_max": 1}
# kombu's own default. A shorter one makes every stock worker of the database give back the tasks of the others.
VISIBILITY_TIMEOUT_S = 3600

CLIENT_RESULTS = "celery_reliable.client_results:RedisResults"


def recommended_settings(broker_url: str, result_backend: str, global_keyprefix: str = "") -> dict[str, Any]:
    """Return Celery's settings for Redis or Valkey servers, to which a project adds its own."""
    prefix = {"global_keyprefix": global_keyprefix}
    limits = {"socket_connect_timeout": CONNECT_TIMEOUT_S, "socket_timeout": SOCKET_TIMEOUT_S}
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "event_serializer": "json",
        "enable_utc": True,
        "broker_url": broker_url,
        "broker_use_ssl": _checked(broker_url),
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # for ever: after 2, 4, 6 ... 30 s, then every 30 s
        "broker_transport_options": {
            **prefix,
            **limits,
            "socket_keepalive": True,
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
        },
        "result_backend": result_backend,
        "redis_backend_use_ssl": _checked(result_backend),
        "override_backends": dict.fromkeys(("redis", "rediss"), CLIENT_RESULTS),
        "result_backend_transport_options": prefix,
        "redis_socket_keepalive": not result_backend.startswith("redis+socket:"),
        **{f"redis_{name}": seconds for name, seconds in limits.items()},
        "task_publish_retry_policy": PUBLISH_RETRY_POLICY,
        "worker_prefetch_multiplier": 1,
    }


def _checked(url: str) -> dict[str, Any] | None:
    """Celery's default does not check the certificate of a rediss:// server."""
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED} if url.startswith("rediss:") else None
