"""Settings from environment variables, checked by pydantic-settings: the base of a project's ``config.py``.

A variable that is unknown or has a wrong value ends the process with one line that says what is valid.
celery-js has the same kinds of variables for Node. Needs the package ``pydantic-settings``.
"""

import os
import re
from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode

from celery_reliable.database_url import is_database, read_database_url
from celery_reliable.health_address import read_address
from celery_reliable.rabbitmq import is_rabbitmq
from celery_reliable.rabbitmq_url import check_url
from celery_reliable.server_url import UrlError, read_url
from celery_reliable.types import Settings

# Kubernetes gives every container these for each service of its namespace, here without the prefix.
_KUBERNETES = re.compile(r"(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_.+)?)?)")


class ConfigError(SystemExit):
    """Raised when variables are unknown or have a wrong value, with one line for each.

    A ``SystemExit``, as a worker or client cannot go on without its settings: the process ends with exit code 1
    and these lines on stderr, and Celery's command line adds no traceback.
    """


class Environment(BaseSettings):
    """A table of variables: a field ``lease_s`` is the variable ``JOBS_LEASE_S`` if ``env_prefix`` is ``JOBS_``.

    A field's type is one of the kinds below, whose description says what the variable takes. Empty variables
    count as not set.
    """

    # Variables with these prefixes are read by a program in another language.
    others: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def read(cls) -> Self:
        """Return the settings of this process's environment.

        Raises:
            ConfigError: a variable with the prefix is unknown, or a value is not of its kind.
        """
        problems = [f"{name}: unknown variable; docs/settings.md lists them all" for name in cls._unknown()]
        try:
            settings = cls()
        except ValidationError as error:
            problems += [cls._problem(str(found["loc"][0]), found.get("ctx", {})) for found in error.errors()]
        if problems:
            raise ConfigError("\n".join(problems))
        return settings

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: Settings) -> Settings:
        return {name: value for name, value in given.items() if not isinstance(value, str) or value.strip()}

    @classmethod
    def _variable(cls, field: str) -> str:
        return f"{cls.model_config['env_prefix']}{field.upper()}"

    @classmethod
    def _unknown(cls) -> list[str]:
        prefix = cls.model_config["env_prefix"]
        known = {cls._variable(field) for field in cls.model_fields}
        return [
            f"{name}={shown(text, name)}"
            for name, text in os.environ.items()
            if name.startswith(prefix) and name not in known and not name.startswith(cls.others)
            if not _KUBERNETES.fullmatch(name.removeprefix(prefix))
        ]

    @classmethod
    def _problem(cls, field: str, context: Settings) -> str:
        name = cls._variable(field)
        error = context.get("error")
        wanted = str(error) if isinstance(error, UrlError) else f"expected {cls.model_fields[field].description}"
        return f"{name}={shown(os.environ[name].strip(), name)}: {wanted}"


def shown(text: str, name: str) -> str:
    """Return the text as Python writes it, without a possible password, because logs have many readers."""
    if re.search("PASS|SECRET|TOKEN", name):
        return "'**'"
    hidden = re.sub(r"^(\S*?://)?.*@", r"\1**@", text)
    return repr(re.sub(r"(?i)([?&](?:\w+_)?(?:user|pass)\w*=)[^&;]*", r"\1**", hidden))


def _form(form: str, read: Callable[[str], object] = str) -> BeforeValidator:
    """Check a string's form before pydantic reads it. Defaults are not checked, because they are not strings."""

    def check(value: object) -> object:
        if not isinstance(value, str):
            return value
        if not re.fullmatch(form, value.strip()):
            raise ValueError(form)
        return read(value.strip())

    return BeforeValidator(check)


def _read_url(text: str) -> str:
    if is_rabbitmq(text):
        check_url(text)
    elif is_database(text):
        read_database_url(text)
    else:
        read_url(text)
    return text


def _read_health_address(text: str) -> str:
    if text:
        read_address(text)
    return text


def _begins_with(forms: Mapping[str, str], *examples: str) -> str:
    *others, last = forms
    return f"a URL that begins with {', '.join(others)} or {last}, for example {' or '.join(examples)}"


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _routes(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(part.strip() for part in pair.split("=")) for pair in text.split(","))


_NAME = r"\s*[^\s,=]+\s*"
_SENTINEL = r"sentinel://[^/?#;\s]+(/[0-9]*)?(\?[^;\s]*)?"
# The servers of a URL: how it begins, and the form of the whole. docs/settings.md lists the parameters.
_REDIS = {
    "redis://": r"redis://[^/?#\s]+(/[0-9]*)?(\?\S*)?",
    "rediss://": r"rediss://[^/?#\s]+(/[0-9]*)?(\?\S*)?",
    "redis+socket://": r"redis\+socket://([^/?#\s]*@)?/[^?#\s]+(\?\S*)?",
    "sentinel://": f"{_SENTINEL}(;{_SENTINEL})*",
}
_BROKERS = _REDIS | {
    "amqp://": r"(py)?amqp://[^?#\s]*(\?\S*)?",
    "amqps://": r"(py)?amqps://[^?#\s]*(\?\S*)?",
}
_RESULTS = _REDIS | {"db+postgresql://": r"db\+postgresql(\+psycopg2?)?://[^/?#\s]*/[^/?#\s]+(\?\S*)?"}
_REDIS_EXAMPLE = "redis://127.0.0.1:6379/0"
_RABBITMQ_EXAMPLE = "amqp://user:password@127.0.0.1:5672//"
_POSTGRES_EXAMPLE = "db+postgresql://user:password@127.0.0.1:5432/jobs"

BrokerUrl = Annotated[
    str,
    _form("|".join(_BROKERS.values()), _read_url),
    Field(description=_begins_with(_BROKERS, _REDIS_EXAMPLE, _RABBITMQ_EXAMPLE)),
]
ResultUrl = Annotated[
    str,
    _form("|".join(_RESULTS.values()), _read_url),
    Field(description=_begins_with(_RESULTS, _REDIS_EXAMPLE, _POSTGRES_EXAMPLE)),
]
Routes = Annotated[
    tuple[tuple[str, str], ...],
    NoDecode,
    _form(f"{_NAME}={_NAME}(,{_NAME}={_NAME})*", _routes),
    Field(
        description="pattern=queue pairs separated by commas, for example py_workers.*=py-queue,js_workers.*=js-queue"
    ),
]
Queues = Annotated[
    tuple[str, ...],
    NoDecode,
    _form(f"{_NAME}(,{_NAME})*", _names),
    Field(description="queue names separated by commas, for example py-queue"),
]
Queue = Annotated[str, _form(r"[^\s,=]+"), Field(description="the name of a queue, for example py-queue")]
Text = Annotated[str, _form(r"\S*"), Field(description="a string without spaces, for example jobs:")]
Folder = Annotated[str, _form("(/.*)?"), Field(description="the whole path of a folder, for example /srv/files")]
Count = Annotated[int, _form("[0-9]+"), Field(description="a whole number, for example 5")]
PositiveCount = Annotated[int, _form("0*[1-9][0-9]*"), Field(description="a whole number of at least 1, for example 2")]
WholeSeconds = Annotated[int, _form("[0-9]+"), Field(description="a whole number of seconds, for example 1800")]
Seconds = Annotated[
    float,
    _form(r"(?=.*[1-9])[0-9]+(\.[0-9]+)?"),
    Field(description="a number of seconds, for example 60"),
]
Lease = Annotated[
    float,
    _form(r"[0-9]+(\.[0-9]+)?"),
    Field(ge=0.5, le=1200, description="a number of seconds from 0.5 to 1200, for example 60"),
]
# Node's timers cannot wait for longer, and both languages take the same values.
Timeout = Annotated[
    int,
    _form("[0-9]+"),
    Field(le=2_073_600, description="a whole number of seconds, at most 2073600 (24 days), for example 60"),
]
Address = Annotated[
    str,
    _form(r"\S*", _read_health_address),
    Field(
        description="a port, a host and a port, or the path of a socket, for example 8080, 0.0.0.0:8080 or "
        "/tmp/health.sock"
    ),
]
Switch = Annotated[bool, _form("on|off", lambda text: text == "on"), Field(description="one of on, off")]
LogFormat = Annotated[Literal["pretty", "json", ""], Field(description="one of pretty, json")]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error", "critical"],
    Field(description="one of debug, info, warning, error, critical"),
]
