"""Connections to the primary that sentinels name, for the broker and for the results.

redis-py asks the sentinels when it takes a connection from its pool, but not when it repeats a command: it then goes on
with the old primary, even if that is now a replica. Here every new socket asks first. A sentinel may still name an
old primary, so a replica is refused. If there is no primary, redis-py only says "No master found"; here the error says
what the sentinels answered.
"""

from redis.backoff import NoBackoff
from redis.connection import SSLConnection
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, SentinelManagedConnection

from celery_reliable.types import Passed, Settings

# How long a sentinel may take to answer: the next one is asked after that.
ANSWER_TIMEOUT_S = 1.0


class SentinelRefusedError(RedisConnectionError):
    """Raised when sentinels refuse this client, or watch no primary of this name."""


class PrimaryConnection(SentinelManagedConnection):
    """Goes to the primary, and to no replica (mirrors ``redis.sentinel.SentinelManagedConnection``)."""

    _knows_address = False

    def connect_check_health(self, *args: Passed, **kwargs: Passed) -> None:
        """Connect (mirrors ``AbstractConnection.connect_check_health``)."""
        if self._sock is not None or self._knows_address:
            super().connect_check_health(*args, **kwargs)
        else:
            self._connect_retry()

    def connect_to(self, address: tuple[str, int]) -> None:
        """Connect to a server.

        Raises what redis-py raises, and redis.exceptions.ConnectionError when it is a replica.
        """
        self._knows_address = True
        try:
            super().connect_to(address)  # type: ignore[no-untyped-call]
        finally:
            self._knows_address = False
        try:
            self.send_command("ROLE", check_health=False)  # type: ignore[no-untyped-call]
            role = self.read_response()[0]
        except NoPermissionError:  # without this right there is no check, and the first write finds out
            return
        except Exception:
            self.disconnect()  # type: ignore[no-untyped-call]
            raise
        if role not in (b"master", "master"):
            self.disconnect()  # type: ignore[no-untyped-call]
            raise RedisConnectionError("the server that the sentinels name is not a primary (not yet, or no longer)")

    def read_response(self, *args: Passed, **kwargs: Passed) -> Passed:
        """Read an answer (mirrors ``SentinelManagedConnection.read_response``).

        A server without replicas may be an old primary that does not know this yet, so the sentinels are asked again.
        """
        try:
            return super().read_response(*args, **kwargs)
        except ResponseError as error:
            if str(error).startswith("NOREPLICAS"):
                self.disconnect()  # type: ignore[no-untyped-call]
            raise

    def _connect_retry(self) -> None:
        try:
            super()._connect_retry()  # type: ignore[no-untyped-call]
        except MasterNotFoundError as error:
            raise _reason(self.connection_pool) from error


class PrimarySslConnection(PrimaryConnection, SSLConnection):
    """The same through TLS."""


def quick_sentinel_kwargs(given: Settings | None) -> Settings:
    """Return the ``sentinel_kwargs`` for quick answers; those of the user come first."""
    limits = {"socket_timeout": ANSWER_TIMEOUT_S, "socket_connect_timeout": ANSWER_TIMEOUT_S}
    return {**limits, "retry": Retry(NoBackoff(), 0), **(given or {})}


def _reason(pool: Passed) -> RedisConnectionError:
    """Return the most useful error: from a sentinel that knows the primary, else a refusal, else that none answers."""
    manager, name = pool.sentinel_manager, pool.service_name
    refusal: RedisConnectionError | None = None
    silent: list[str] = []
    for client in manager.sentinels:
        where = "sentinel {host}:{port}".format_map(client.connection_pool.connection_kwargs)
        try:
            watched: dict[str, Settings] = client.sentinel_masters()
        except (AuthenticationError, ResponseError) as error:
            refusal = SentinelRefusedError(f"{where}: {error}")
            continue
        except RedisError as error:
            silent.append(f"{where}: {error}")
            continue
        if name not in watched:
            names = ", ".join(map(repr, watched)) or "nothing"
            refusal = SentinelRefusedError(f"{where}: master_name={name!r} is not known; it watches {names}")
        elif watched[name]["num-other-sentinels"] < manager.min_other_sentinels:
            seen, least = watched[name]["num-other-sentinels"], manager.min_other_sentinels
            return RedisConnectionError(f"{where}: it sees {seen} other sentinels, and min_other_sentinels is {least}")
        else:
            place = "{ip}:{port}".format_map(watched[name])
            return RedisConnectionError(f"{where}: {name!r} ({place}) is down, and no other one is elected yet")
    return refusal or RedisConnectionError(f"no sentinel answers: {'; '.join(silent)}")
