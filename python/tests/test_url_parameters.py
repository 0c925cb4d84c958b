"""The parameters of a server's URL: the worker's app and the example client take the same ones."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from ssl import VerifyMode
from typing import Any

import pytest
from celery import Celery
from celery_reliable.environment import ConfigError
from celery_reliable.rabbitmq_url import check_url
from celery_reliable.recommended import recommended_settings
from celery_reliable.server_url import PARAMETERS

from py_workers import client_example, config
from tests.processes import Server

SETTINGS_PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
# What follows the server, and what every connection to it then has.
TAKEN: dict[str, dict[str, object]] = {
    "?virtual_host=3": {"db": 3},
    "/2?virtual_host=3": {"db": 3},
    "/2?socket_timeout=3.5": {"db": 2, "socket_timeout": 3.5},
    "?socket_connect_timeout=1.5": {"socket_connect_timeout": 1.5},
    "?socket_keepalive=yes": {"socket_keepalive": True},
    "?socket_keepalive=False": {"socket_keepalive": False},
    "?health_check_interval=7": {"health_check_interval": 7},
    "/2?socket_timeout=3&health_check_interval=8": {"db": 2, "socket_timeout": 3, "health_check_interval": 8},
}
TAKEN_WITH_TLS: dict[str, dict[str, object]] = {
    "?ssl_cert_reqs=none": {"ssl_cert_reqs": VerifyMode.CERT_NONE},
    "?ssl_cert_reqs=CERT_REQUIRED&ssl_ca_certs={file}": {
        "ssl_cert_reqs": VerifyMode.CERT_REQUIRED,
        "ssl_ca_certs": "{file}",
    },
    "?ssl_cert_reqs=required&ssl_certfile={file}&ssl_keyfile={file}": {
        "ssl_certfile": "{file}",
        "ssl_keyfile": "{file}",
    },
    "?ssl_cert_reqs=required&ssl_check_hostname=false": {"ssl_check_hostname": False},
}
REFUSED = {
    "?sokcet_timeout=3": "sokcet_timeout",
    "?socket_timeout=soon": "soon",
    "?password=hunter2": "password",
}

MakeApp = Callable[[str], Celery]


@pytest.fixture(params=["worker", "example"])
def make_app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MakeApp:
    """`make_app(url)`: the app of the worker, or of the example client, with that server."""

    def make(url: str) -> Celery:
        for variable in ("JOBS_BROKER_URL", "JOBS_RESULT_BACKEND"):
            monkeypatch.setenv(variable, url)
        if request.param == "example":
            return client_example.client_app()
        app = Celery("worker", set_as_current=False)
        app.config_from_object(config.celery_settings())
        return app

    return make


def _given(options: dict[str, Any], wanted: dict[str, object]) -> dict[str, object]:
    return {name: options.get(name) or False for name in wanted}


def _connections(app: Celery) -> list[dict[str, Any]]:
    """How the app connects to its broker and to its results."""
    with app.connection_for_write() as connection:
        channel: Any = connection.transport.Channel
        given = connection.transport_options or {}
        made: Any = channel.__new__(channel)
        made.connection = type("Transport", (), {"client": connection, "default_port": 6379})
        for name in channel.from_transport_options:
            name = name if isinstance(name, str) else name[0]
            if name in given:
                setattr(made, name, given[name])
        backend: Any = app.backend
        return [made._connparams(), backend.connparams]


@pytest.mark.parametrize("query", TAKEN)
def test_a_known_parameter_is_honoured(query: str, make_app: MakeApp) -> None:
    wanted = TAKEN[query]

    for options in _connections(make_app(f"redis://cache{query}")):
        assert _given(options, wanted) == wanted


@pytest.mark.parametrize("query", TAKEN_WITH_TLS)
def test_a_known_parameter_of_tls_is_honoured(query: str, make_app: MakeApp, tmp_path: Path) -> None:
    file = tmp_path / "a.pem"
    file.touch()
    wanted = {
        name: value.format(file=file) if isinstance(value, str) else value
        for name, value in TAKEN_WITH_TLS[query].items()
    }

    for options in _connections(make_app(f"rediss://cache{query.format(file=file)}")):
        assert _given(options, wanted) == wanted


@pytest.mark.parametrize("query", REFUSED)
def test_an_unknown_parameter_or_value_is_refused_by_name(query: str, make_app: MakeApp) -> None:
    with pytest.raises((TypeError, ValueError, ConfigError), match=REFUSED[query]):
        _connections(make_app(f"redis://cache{query}"))


def test_a_socket_takes_them_too(make_app: MakeApp, tmp_path: Path) -> None:
    path = tmp_path / "s"
    query = "virtual_host=2&socket_timeout=3&socket_connect_timeout=2&health_check_interval=7"
    query += "&socket_keepalive=true"
    with Server(tmp_path, 0, "--unixsocket", str(path)):
        app = make_app(f"redis+socket://{path}?{query}")

        app.send_task("no.such", queue="jobs")

        assert app.AsyncResult("unknown").state == "PENDING"


def test_the_page_lists_the_same_parameters() -> None:
    section = SETTINGS_PAGE.read_text("utf-8").split("## Parameters of a server's URL")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]

    assert sorted(name for cell in cells for name in re.findall(r"`(\w+)`", cell)) == sorted(PARAMETERS)


@pytest.mark.parametrize("mark", ["/", "?", "#"])
@pytest.mark.parametrize("scheme", ["redis", "sentinel", "amqp", "db+postgresql"])
@pytest.mark.parametrize("begin", ["", "one"])
def test_an_error_shows_no_part_of_a_password(scheme: str, mark: str, begin: str) -> None:
    url = f"{scheme}://{begin}:s3cret{mark}s3cret@host/0?master_name=main"

    check: Callable[[str], object] = (
        check_url if scheme == "amqp" else partial(recommended_settings, "redis://host/0")
    )

    with pytest.raises(ValueError, match="in a password, / is written %2F") as raised:
        check(url)

    assert "s3cret" not in str(raised.value)
