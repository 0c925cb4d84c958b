"""Redis Sentinel: ``sentinel://host:26379/0;sentinel://host2:26379/0?master_name=main``.

Celery takes the name of the primary and the rest as options, not from the URL. The parameters are those that
the workers know.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

# After this long without an answer the next sentinel is asked.
_ANSWER_TIMEOUT_S = 1.0
_TLS = ("ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
_OTHERS = (
    "master_name",
    "min_other_sentinels",
    "sentinel_username",
    "sentinel_password",
    "ssl",
    "sentinel_ssl",
)


class Sentinels(NamedTuple):
    """What Celery takes (``tls`` is its ``broker_use_ssl``), who to ask, and how to log in."""

    url: str
    options: dict[str, Any]
    tls: dict[str, Any] | None
    nodes: list[tuple[str, int]]
    login: dict[str, Any]

    def client(self, **options: Any) -> "redis.Redis":
        """Return a client of the primary, whose commands are tried twice."""
        made: Any = Sentinel  # redis-py leaves it without types
        sentinel = made(self.nodes, **self._asking(Retry(NoBackoff(), 0)))
        primary: redis.Redis = sentinel.master_for(**self._primary(options, Retry(NoBackoff(), 1)))
        return primary

    def async_client(self, **options: Any) -> AsyncRedis:
        """Return the same for asyncio."""
        made: Any = AsyncSentinel
        sentinel = made(self.nodes, **self._asking(AsyncRetry(NoBackoff(), 0)))
        primary: AsyncRedis = sentinel.master_for(**self._primary(options, AsyncRetry(NoBackoff(), 1)))
        return primary

    def _asking(self, retry: Any) -> dict[str, Any]:
        kwargs = {**self.options["sentinel_kwargs"], "retry": retry}
        return {"min_other_sentinels": self.options["min_other_sentinels"], "sentinel_kwargs": kwargs}

    def _primary(self, options: dict[str, Any], retry: Any) -> dict[str, Any]:
        tls = {} if self.tls is None else {"ssl": True, **self.tls}
        name = self.options["master_name"]
        return {"service_name": name, **self.login, **tls, **options, "retry": retry}


def read(text: str) -> Sentinels | None:
    """Return the settings in a URL; None if it is not a sentinel:// URL.

    Raises:
        ValueError: A parameter is missing, unknown or wrong.

    """
    if not text.startswith("sentinel:"):
        return None
    urls = [urlsplit(url) for url in text.split(";")]
    first, given = urls[0], _parameters(urls)
    database = given.get("virtual_host", first.path).strip("/") or "0"
    tls = _tls_of(given)
    user, at, _ = first.netloc.rpartition("@")
    return Sentinels(
        # Each URL gets the first one's user and database, because kombu fails over to the next URL.
        url=";".join(f"sentinel://{user}{at}{url.netloc.rpartition('@')[2]}/{database}" for url in urls),
        options={
            "master_name": given["master_name"],
            "min_other_sentinels": int(given.get("min_other_sentinels", "0")),
            "sentinel_kwargs": _sentinel_kwargs(given, tls),
        },
        tls=tls if _is_on(given, "ssl") else None,
        nodes=[(url.hostname or "127.0.0.1", url.port or 26379) for url in urls],
        login=_login(first, database),
    )


def _parameters(urls: Sequence[SplitResult]) -> dict[str, str]:
    """Return the parameters of all URLs. Raises ValueError when one is missing or unknown."""
    given = dict(pair for url in urls for pair in parse_qsl(url.query))
    if unknown := [name for name in given if name not in (*_TLS, *_OTHERS, "virtual_host")]:
        raise ValueError(
            f"{unknown[0]!r} is not a parameter of sentinel://: known are {', '.join((*_OTHERS, *_TLS))}"
        )
    if not given.get("master_name"):
        raise ValueError("master_name is missing; add it to the URL, for example ?master_name=mymaster")
    return given


def _sentinel_kwargs(given: Mapping[str, str], tls: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to connect to a sentinel."""
    asked = {"username": given.get("sentinel_username"), "password": given.get("sentinel_password")}
    kwargs: dict[str, Any] = {name: value for name, value in asked.items() if value}
    kwargs |= {"socket_timeout": _ANSWER_TIMEOUT_S, "socket_connect_timeout": _ANSWER_TIMEOUT_S}
    return kwargs | ({"ssl": True, **tls} if _is_on(given, "sentinel_ssl") else {})


def _login(first: SplitResult, database: str) -> dict[str, Any]:
    """Return how to log in to the primary."""
    login: dict[str, Any] = {"db": int(database)}
    login |= {"username": unquote(first.username)} if first.username else {}
    login |= {"password": unquote(first.password)} if first.password else {}
    return login


def _tls_of(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the TLS options; without any, the certificate is checked."""
    tls: dict[str, Any] = {name: given[name] for name in _TLS if name in given}
    tls["ssl_cert_reqs"] = tls.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    if "ssl_check_hostname" in tls:
        tls["ssl_check_hostname"] = _is_on(given, "ssl_check_hostname")
    return tls


def _is_on(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "").lower() in ("1", "t", "true", "y", "yes")
