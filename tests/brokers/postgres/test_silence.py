"""PostgreSQL accepts what it is sent, and answers nothing: neither a client nor a worker waits for ever."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .conftest import client
from .fleet import QUEUES, workers
from .server import PostgresServer

# What a client waits at most, and what a slow machine takes beside.
CLIENT_WITHIN_S = 5.0 + 3.0
# A worker waits longer, as it only tries again.
WORKER_WITHIN_S = 15.0 + 10.0
# A worker leaves a server that has been away for 15 s; each look at a silent one takes some seconds.
LEAVES_WITHIN_S = 15.0 + 15.0


@pytest.fixture
def proxy(postgres: PostgresServer) -> Iterator[Proxy]:
    with Proxy(postgres.port) as running:
        yield running


def forget_connections(app: Celery) -> None:
    """Make the client connect again, as its present connection is about to be silent."""
    backend: Any = app.backend
    backend.session_manager.invalidate(backend.url)


@pytest.mark.parametrize("is_new", [True, False], ids=["a new connection", "a connection that was used"])
def test_a_client_has_an_error_in_time(postgres: PostgresServer, proxy: Proxy, is_new: bool) -> None:
    client(postgres.url).backend.store_result("known", 1, "SUCCESS")
    app = client(postgres.url_at(proxy.port))
    if not is_new:
        assert app.AsyncResult("known").get(timeout=10) == 1
    proxy.freeze()

    since = time.monotonic()
    with pytest.raises(OperationalError):
        app.AsyncResult("awaited").get(timeout=20)

    assert time.monotonic() - since < CLIENT_WITHIN_S
    proxy.release()
    assert app.AsyncResult("known").get(timeout=10) == 1


def test_a_client_that_waits_already_has_its_error_in_time(postgres: PostgresServer, proxy: Proxy) -> None:
    app = client(postgres.url_at(proxy.port))
    frozen_at: list[float] = []

    def freeze_once() -> None:
        if not frozen_at:
            proxy.freeze()
            frozen_at.append(time.monotonic())

    with pytest.raises(OperationalError):
        app.AsyncResult("awaited").get(timeout=20, on_interval=freeze_once)

    assert time.monotonic() - frozen_at[0] < CLIENT_WITHIN_S


@pytest.mark.timeout(200)
def test_a_worker_stores_a_result_on_another_connection(
    valkey: ValkeyServer, postgres: PostgresServer, proxy: Proxy, tmp_path: Path
) -> None:
    url = postgres.url_at(proxy.port)
    with workers(valkey, url, tmp_path, "reliable", task_acks_late=True) as (app, _):
        before = app.send_task("conformance.basic.add", [1, 2], queue=QUEUES["reliable"])
        assert before.get(timeout=20) == 3
        forget_connections(app)
        proxy.hold_replies()

        result = app.send_task("conformance.basic.add", [3, 4], queue=QUEUES["reliable"])

        assert result.get(timeout=WORKER_WITHIN_S) == 7
        wait_until(lambda: valkey.client.hlen("unacked") == 0, 20, "the acknowledgement")


@pytest.mark.timeout(200)
def test_a_worker_says_that_the_server_is_silent(
    valkey: ValkeyServer, postgres: PostgresServer, proxy: Proxy, tmp_path: Path
) -> None:
    url = postgres.url_at(proxy.port)
    with workers(valkey, url, tmp_path, "reliable", task_acks_late=True) as (app, programs):
        result = app.send_task("conformance.basic.add", [1, 2], queue=QUEUES["reliable"])
        assert result.get(timeout=20) == 3
        forget_connections(app)
        proxy.freeze()

        result = app.send_task("conformance.basic.add", [3, 4], queue=QUEUES["reliable"])

        programs["reliable"].wait_for_log("The result backend does not answer", timeout_s=WORKER_WITHIN_S)
        proxy.release()
        assert result.get(timeout=WORKER_WITHIN_S) == 7
        programs["reliable"].wait_for_log("The result backend is back after")


@pytest.mark.timeout(200)
@pytest.mark.parametrize("fault", ["frozen", "stopped", "read-only"])
def test_a_stop_does_not_wait_for_a_server_that_is_away(
    valkey: ValkeyServer, postgres: PostgresServer, proxy: Proxy, tmp_path: Path, fault: str
) -> None:
    with workers(valkey, postgres.url_at(proxy.port), tmp_path, "reliable", task_acks_late=True) as (
        app,
        programs,
    ):
        assert app.send_task("conformance.basic.add", [1, 2], queue=QUEUES["reliable"]).get(timeout=20) == 3
        if fault == "frozen":
            proxy.freeze()
        elif fault == "stopped":
            postgres.stop()
        else:
            postgres.sql("ALTER SYSTEM SET default_transaction_read_only = on")
            postgres.sql("SELECT pg_reload_conf()")
        app.send_task("conformance.basic.add", [3, 4], queue=QUEUES["reliable"])
        wait_until(lambda: valkey.client.hlen("unacked") == 1, 20, "the task at the worker")

        programs["reliable"].signal(signal.SIGTERM)

        assert programs["reliable"].wait(LEAVES_WITHIN_S) == 1
        assert "as the result backend is away" in programs["reliable"].log
        proxy.release()
