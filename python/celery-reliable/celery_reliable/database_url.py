"""The URL of a PostgreSQL result backend: its parameters, and the packages that it needs.

Both languages know the same (``node/celery-js/src/backend/postgres/url.js``).
"""

import re
from importlib.util import find_spec
from urllib.parse import parse_qsl, urlencode, urlsplit

from celery_reliable.server_url import UrlError, readable_file, unknown_parameter

_SCHEME = re.compile(r"db\+postgresql(\+psycopg2?)?:")
PARAMETERS = ("host", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout")
_EXAMPLE = "db+postgresql://user:password@host:5432/database"
_FILES = ("sslrootcert", "sslcert", "sslkey")
_MODES = ("disable", "require", "verify-ca", "verify-full")
# psycopg's own default encrypts if the server can. Ours is the same in both languages.
_DEFAULT_MODE = "disable"


def is_database(url: str) -> bool:
    """Whether this is the URL of a PostgreSQL result backend."""
    return _SCHEME.match(url) is not None


def read_database_url(url: str) -> str:
    """Return a URL as SQLAlchemy takes it: with the driver, and an ``sslmode``.

    Raises:
        UrlError: a parameter is not known or has a wrong value, or a package is missing.
        ValueError: the port is not a number, or out of range.
    """
    parts = urlsplit(url)
    _ = parts.port
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in given.items():
        _check(name, value)
    mode = given.get("sslmode", _DEFAULT_MODE)
    if mode == "disable" and (files := [name for name in _FILES if name in given]):
        raise UrlError(f"{files[0]} needs sslmode=verify-full, verify-ca or require")
    scheme = parts.scheme if parts.scheme.count("+") > 1 else f"{parts.scheme}+psycopg"
    missing = [name for name in ("sqlalchemy", scheme.rpartition("+")[2]) if find_spec(name) is None]
    if missing:
        raise UrlError(f"needs the package {' and '.join(missing)}: pip install 'celery-reliable[postgres]'")
    added = {} if "sslmode" in given else {"sslmode": _DEFAULT_MODE}
    if mode == "verify-full" and "sslrootcert" not in given:
        added["sslrootcert"] = "system"  # the authorities that the system trusts, as in Node
    separator = "&" if parts.query else "?"
    ending = f"{separator}{urlencode(added)}" if added else ""
    return f"{scheme}{url[len(parts.scheme) :]}{ending}"


def _check(name: str, value: str) -> None:
    if name not in PARAMETERS:
        raise unknown_parameter(name, PARAMETERS, _EXAMPLE)
    if name == "host" and not value.startswith("/"):
        raise UrlError(f"host={value!r}: expected the folder of a Unix socket")
    if name == "sslmode" and value not in _MODES:
        raise UrlError(f"sslmode={value!r}: expected one of {', '.join(_MODES)}")
    if name == "connect_timeout" and not re.fullmatch(r"[1-9]\d*", value):
        raise UrlError(f"connect_timeout={value!r}: expected a whole number of seconds, at least 1")
    if name in _FILES:
        try:
            readable_file(value)
        except ValueError as error:
            raise UrlError(f"{name}={value!r}: {error}") from error
