"""Reads a table of variables from the environment; refuses an unknown or wrong one with one clear line."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class ConfigError(SystemExit):
    """Raised when a ``JOBS_*`` variable is unknown or its value is wrong, with one line that says which.

    A ``SystemExit``, because a worker or a client cannot go on without its settings: wherever they are read,
    the process ends with that line on stderr and exit code 1; Celery's command line adds no traceback to it.
    """


class Kind(NamedTuple):
    """What a variable takes: the form of its text, how to read it, and how to say so."""

    form: str
    read: Callable[[str], Any]
    expected: str


def _url(text: str) -> str:
    _ = urlsplit(text).port  # raises ValueError for a port that is no number, or out of range
    return text


def _queues(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _routes(text: str) -> dict[str, str]:
    pairs = (pair.split("=") for pair in text.split(","))
    return {pattern.strip(): queue.strip() for pattern, queue in pairs}


_NAME = r"\s*[^\s,=]+\s*"
URL = Kind(
    r"rediss?://[^/?#\s]+(/[0-9]*)?(\?\S*)?|redis\+socket:///\S+",
    _url,
    "a URL that begins with redis://, rediss:// or redis+socket://, for example redis://127.0.0.1:6379/0",
)
ROUTES = Kind(
    f"{_NAME}={_NAME}(,{_NAME}={_NAME})*",
    _routes,
    "pattern=queue pairs separated by commas, for example py_workers.*=py-queue,js_workers.*=js-queue",
)
QUEUES = Kind(f"{_NAME}(,{_NAME})*", _queues, "queue names separated by commas, for example py-queue")
QUEUE = Kind(r"[^\s,=]+", str, "the name of a queue, for example py-queue")
TEXT = Kind(r"\S*", str, "a text without spaces, for example jobs:")
COUNT = Kind(r"[0-9]+", int, "a whole number, for example 5")
POSITIVE = Kind(r"0*[1-9][0-9]*", int, "a whole number of at least 1, for example 2")
WHOLE_SECONDS = Kind(r"[0-9]+", int, "a whole number of seconds, for example 1800")
SECONDS = Kind(r"(?=.*[1-9])[0-9]+(\.[0-9]+)?", float, "a number of seconds, for example 60")
DELIVERY = Kind("reliable|stock", str, "one of reliable, stock")
SWITCH = Kind("on|off", lambda text: text == "on", "one of on, off")
LEVEL = Kind("debug|info|warning|error|critical", str, "one of debug, info, warning, error, critical")

# Kubernetes gives every container these for each service of its namespace whose name begins with "jobs".
_KUBERNETES = r"JOBS_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_.+)?)?)"

# The Node workers check their own: one environment may serve both languages.
_OTHER_LANGUAGE = r"JOBS_JS_.*"


def read_variables(table: Mapping[str, tuple[Kind, str]], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of each variable of the table (name -> kind, default); an empty one has its default.

    Raises:
        ConfigError: a variable of the environment is not in the table, or a value is not of its kind.
    """
    ignored = f"{_KUBERNETES}|{_OTHER_LANGUAGE}"
    for name, text in environment.items():
        if name.startswith("JOBS_") and name not in table and not re.fullmatch(ignored, name):
            shown = _shown(text, name)
            raise ConfigError(f"{name}={shown}: unknown variable; docs/settings.md lists them all")
    return {
        name: _value(name, kind, environment.get(name, "").strip() or default)
        for name, (kind, default) in table.items()
    }


def _value(name: str, kind: Kind, text: str) -> Any:
    problem = f"{name}={_shown(text, name)}: expected {kind.expected}"
    if not re.fullmatch(kind.form, text):
        raise ConfigError(problem)
    try:
        return kind.read(text)
    except ValueError as error:
        raise ConfigError(problem) from error


def _shown(text: str, name: str) -> str:
    """Return the text as Python writes it, without what may be a password: logs are read by many."""
    if re.search("PASS|SECRET|TOKEN", name):
        return "'**'"
    return repr(re.sub(r"^(\S*?://)?.*@", r"\1**@", text))
