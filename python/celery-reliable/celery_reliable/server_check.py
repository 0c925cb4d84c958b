"""Checks whether a server's configuration is safe for messages."""

from celery.exceptions import ImproperlyConfigured
from redis import Redis
from redis.exceptions import NoPermissionError

FAILOVER_LOSES = (
    "a failover may lose confirmed tasks: the primary confirms tasks before a replica has them; set "
    "min-replicas-to-write 1 and min-replicas-max-lag 10 on every server"
)


def check_server(client: "Redis", url: str) -> list[str]:
    """Return warnings to log.

    Raises:
        ImproperlyConfigured: the server may drop what it was given, or spreads keys over a cluster.
        redis.exceptions.RedisError: it cannot be reached.
    """
    try:
        info = client.info("everything")
    except NoPermissionError:
        return [f"{url} does not let us read its settings: make sure that it never evicts and has an append-only file"]
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise ImproperlyConfigured(
            f"{url} has maxmemory-policy {policy}: it may evict unacknowledged tasks; set maxmemory-policy noeviction"
        )
    if info.get("cluster_enabled"):
        raise ImproperlyConfigured(f"{url} is a Redis Cluster, which Celery's keys cannot be spread over")
    warnings: list[str] = []
    if not info.get("aof_enabled"):
        warnings.append(f"{url} keeps no append-only file: tasks are lost when it restarts; set appendonly yes")
    # The server counts these replicas only if the setting is on. INFO shows it to a user who may not read settings.
    if url.startswith("sentinel:") and "min_slaves_good_slaves" not in info:
        warnings.append(f"{url}: {FAILOVER_LOSES}")
    return warnings
