"""What a server must be before a worker trusts it with messages."""

from celery.exceptions import ImproperlyConfigured
from redis import Redis
from redis.exceptions import NoPermissionError


def check_server(client: "Redis", url: str) -> list[str]:
    """Return warnings to log.

    Raises:
        ImproperlyConfigured: the server may drop what it was given, or spreads keys over a cluster.
        redis.exceptions.RedisError: it cannot be reached.
    """
    try:
        info = client.info("everything")
    except NoPermissionError:
        return [f"{url} does not let us look at its settings: see to it that it never evicts, and keeps what it has"]
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise ImproperlyConfigured(
            f"{url} has maxmemory-policy {policy}: it may evict unacknowledged tasks; set maxmemory-policy noeviction"
        )
    if info.get("cluster_enabled"):
        raise ImproperlyConfigured(f"{url} is a Redis Cluster, which Celery's keys cannot be spread over")
    if not info.get("aof_enabled"):
        return [f"{url} keeps no append-only file: tasks are lost when it restarts; set appendonly yes"]
    return []
