"""The URLs of sentinels: ``sentinel://host:26379/0;sentinel://host2:26379/0?master_name=main``.

kombu and Celery take the name of the primary and the rest as transport options. kombu goes on to the next URL of
the list after an error, and then uses that one's user, password and database: so all get those of the first.
"""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, urlsplit

from celery_reliable.types import Settings
from celery_reliable.url_parts import check_place

# Parameter -> the option of connections to sentinels that it becomes.
_OF_SENTINELS = {"sentinel_username": "username", "sentinel_password": "password", "sentinel_ssl": "ssl"}
PARAMETERS = ("ssl", "master_name", "min_other_sentinels", *_OF_SENTINELS)


def join_sentinels(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the URLs without their parameters, and the parameters of all.

    Raises:
        ValueError: one is of another scheme, they contradict each other, or a port is out of range.
    """
    urls = [urlsplit(url) for url in text.split(";")]
    first = urls[0]
    if any(url.scheme != "sentinel" for url in urls):
        raise ValueError("expected several sentinel:// URLs, separated by semicolons")
    for url in urls:
        check_place(url)
    given: dict[str, str] = {}
    for name, value in (pair for url in urls for pair in parse_qsl(url.query, keep_blank_values=True)):
        if given.setdefault(name, value) != value:
            raise ValueError(f"{name} has two values")
    if any(url.path not in ("", "/", first.path) or _user(url) not in ("", _user(first)) for url in urls):
        raise ValueError("database, user and password are those of the first URL; leave them out of the others")
    database = given.pop("virtual_host", first.path).strip("/") or "0"
    if not re.fullmatch("[0-9]+", database):
        raise ValueError(f"the database is a number, not {database!r}")
    places = [f"{_user(first)}{_host(url)}" for url in urls]
    return ";".join(f"sentinel://{place}/{database}" for place in places), list(given.items())


def sentinel_options(given: dict[str, str], tls: dict[str, str], flag: Callable[[str], bool]) -> Settings:
    """Return kombu's options for the parameters of this module; ``tls``: the ``ssl_`` parameters.

    Raises:
        ValueError: the name of the primary is missing, or a value is not of its kind.
    """
    if not given.get("master_name"):
        raise ValueError("master_name is missing; add it to the URL, for example ?master_name=mymaster")
    least = given.get("min_other_sentinels", "0")
    if not least.isascii() or not least.isdigit():
        raise ValueError(f"min_other_sentinels={least!r}: expected a whole number")
    checked: Settings = {name: flag(value) if name == "ssl_check_hostname" else value for name, value in tls.items()}
    checked = {"ssl_cert_reqs": "required", **checked}
    kwargs: Settings = {option: given[name] for name, option in _OF_SENTINELS.items() if name in given}
    if flag(kwargs.pop("ssl", "false")):
        kwargs |= {"ssl": True, **checked}
    has_tls = flag(given.get("ssl", "false"))
    if tls and not has_tls and "ssl" not in kwargs:
        raise ValueError(f"{next(iter(tls))} is for ssl=true or sentinel_ssl=true")
    return {
        "master_name": given["master_name"],
        "min_other_sentinels": int(least),
        "sentinel_kwargs": kwargs,
        **({"ssl": checked} if has_tls else {}),
    }


def _user(url: SplitResult) -> str:
    user, at, _ = url.netloc.rpartition("@")
    return user + at


def _host(url: SplitResult) -> str:
    return url.netloc.rpartition("@")[2]
