"""Every way to a server that kombu knows: TLS, Unix sockets, passwords, databases, prefixes, Sentinel."""

import os
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from conftest import QUICK, Server, StartWorker, client_app
from proxy import Proxy
from redis import Redis

import celery_reliable
from celery_reliable.persistence import persist
from scripts import server as valkey
from tests.support.programs import Program
from tests.support.waiting import wait_until

ADD = "worker_app.add"


def binary() -> str:
    return os.environ.get("VALKEY_SERVER") or str(valkey.binary())


@contextmanager
def a_server(folder: Path, *arguments: str, sentinel: bool = False) -> Iterator[Program]:
    """A server with arguments of a test's own."""
    folder.mkdir(exist_ok=True)
    command = [binary(), *arguments, "--dir", str(folder), *(["--sentinel"] if sentinel else [])]
    with Program("valkey", command, cwd=folder, env=os.environ, log=folder / "valkey.log") as program:
        program.wait_for_log("Sentinel ID is" if sentinel else "Ready to accept connections")
        yield program


def plain(port: int, *more: str) -> list[str]:
    return ["--port", str(port), "--bind", "127.0.0.1", "--save", "", *more]


Certificate = Callable[[str], tuple[Path, Path]]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """`certificate(name)`: key and self-signed certificate of localhost."""

    def make(name: str) -> tuple[Path, Path]:
        key, cert = tmp_path / f"{name}.key", tmp_path / f"{name}.crt"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        subprocess.run([*command, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
        return key, cert

    return make


def test_only_a_tls_server_with_a_known_certificate_is_used(
    server: Server, certificate: Certificate, client: Celery, start: StartWorker
) -> None:
    (key, cert), (_, other_cert) = certificate("ours"), certificate("other")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    proxy = Proxy(server.port, context)
    urls = {
        "ours": f"rediss://localhost:{proxy.port}/0?ssl_ca_certs={cert}",
        "other": f"rediss://localhost:{proxy.port}/0?ssl_ca_certs={other_cert}",
        "unknown": f"rediss://localhost:{proxy.port}/0",
        "plaintext": f"rediss://localhost:{server.port}/0?ssl_ca_certs={cert}",
    }
    backend = {"result_backend": server.url, "broker_transport_options": {"socket_timeout": 2}}
    workers = {name: start(url=url, settings=backend, wait=False, pool="solo") for name, url in urls.items()}

    for name in ("other", "unknown"):
        workers[name].wait_for_log("rediss://.* refuses the connection: .*CERTIFICATE_VERIFY_FAILED", 25)
        assert workers[name].wait(25) == 1
    workers["plaintext"].wait_for_log("Cannot connect to rediss://.*(SSL|EOF|closed|reset|Timeout)", 25)
    workers["ours"].wait_for_log(r"ready\.", 25)
    assert client.send_task(ADD, [1, 2]).get(timeout=20) == 3
    assert "transport:   rediss://" in workers["ours"].log
    assert not any("ready." in workers[name].log for name in ("other", "unknown", "plaintext"))
    proxy.close()


@pytest.mark.parametrize("kind", ["unix socket", "password and database"])
def test_a_worker_serves_a_client_with_the_same_url(kind: str, tmp_path: Path, start: StartWorker) -> None:
    port = valkey.free_port()
    path = tmp_path / "valkey.sock"
    more, url = {
        "unix socket": (["--unixsocket", str(path)], f"redis+socket://{path}?virtual_host=1"),
        "password and database": (["--requirepass", "p@ss word"], f"redis://:p%40ss%20word@127.0.0.1:{port}/3"),
    }[kind]
    with a_server(tmp_path / "server", *plain(port, *more)):
        worker = start(url=url, pool="solo")
        app = client_app(url)

        assert app.send_task(ADD, [1, 2]).get(timeout=20) == 3

        wait_until(lambda: clients_of(app) >= {"tasks", "leases"}, what="the two connections of the lease manager")
        assert "p@ss" not in worker.log
        worker.kill()


def test_a_worker_may_have_any_name(server: Server, redis: Redis, client: Celery, start: StartWorker) -> None:
    """The server's list of clients takes ASCII without spaces alone; tags and dead letters have the name as it is."""
    start(pool="solo", arguments=(*QUICK, "--hostname", "wörker zwei@höst"))

    client.send_task("no.such.task")
    [(header, _)] = wait_until(server.dead)
    assert client.send_task(ADD, [1, 2]).get(timeout=20) == 3

    assert header["worker"] == "wörker zwei@höst"
    expected = {"w-rker-zwei@h-st:tasks", "w-rker-zwei@h-st:leases"}
    wait_until(lambda: expected <= {str(each["name"]) for each in redis.client_list()}, what="both names")
    wait_until(server.is_clean, what="a clean server")


def clients_of(app: Any) -> set[str]:
    """The names of the worker's own connections."""
    with app.connection() as connection:
        names = [str(client["name"]) for client in connection.default_channel.client.client_list()]
    return {name.rpartition(":")[2] for name in names if ":" in name}


def test_every_key_begins_with_the_prefix(start: StartWorker, redis: Any, server: Any) -> None:
    prefix = {"global_keyprefix": "blue:"}
    settings = {"broker_transport_options": prefix, "result_backend_transport_options": prefix}
    start(settings=settings, pool="solo", lease_s=1)
    app = client_app(server.url, **settings)

    assert app.send_task(ADD, [1, 2]).get(timeout=20) == 3
    wait_until(lambda: redis.exists("blue:celery.sweep"), what="a sweep")

    assert [key for key in redis.scan_iter() if not key.startswith("blue:")] == []


def test_a_worker_follows_sentinel_to_the_new_master(
    tmp_path: Path, start: StartWorker, ledger: Any, gate: Path
) -> None:
    master, replica, watch = (valkey.free_port() for _ in range(3))
    config = tmp_path / "sentinel.conf"
    config.write_text(
        f"port {watch}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {master} 1\n"
        "sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 3000\n"
    )
    follows = ["--replicaof", "127.0.0.1", str(master), "--replica-priority", "1"]
    quick = ["--repl-diskless-sync-delay", "0"]
    with (
        a_server(tmp_path / "replica", *plain(replica, *follows)) as second,
        a_server(tmp_path / "sentinel", str(config), sentinel=True),
        a_server(tmp_path / "master", *plain(master, *quick)) as first,
    ):
        second.wait_for_log("sync: Finished with success", 20)
        options = {"master_name": "main", "socket_timeout": 2}
        settings = {"broker_transport_options": options, "result_backend_transport_options": options}
        url = f"sentinel://127.0.0.1:{watch}"
        worker = start(url=url, settings=settings, lease_s=30)
        app = client_app(url, **settings)
        app.send_task("worker_app.hold", [str(ledger), "a", str(gate)])
        wait_until(lambda: ledger.count("begin") == 1, what="a running task")

        first.kill()
        worker.wait_for_log("Connection to broker lost", 20)
        second.wait_for_log("(MASTER|PRIMARY) MODE enabled", 20)
        gate.touch()

        assert app.send_task(ADD, [1, 2]).get(timeout=25) == 3
        assert ledger.runs() == {"a": 1}
        assert "sentinel://" in worker.log
        assert "celery_reliable.transport" not in worker.log


def test_a_workers_first_message_waits_for_its_server(tmp_path: Path) -> None:
    """kombu opens a channel for it, and gives that up after ``broker_connection_timeout``."""
    port = valkey.free_port()
    app = client_app(f"redis://127.0.0.1:{port}/0", broker_connection_timeout=0.5)
    celery_reliable.install(app)
    persist(app)
    sending = threading.Thread(target=app.send_task, args=("any",), kwargs={"ignore_result": True})

    sending.start()
    sending.join(3)
    assert sending.is_alive()

    with a_server(tmp_path / "server", *plain(port)):
        sending.join(20)
        assert not sending.is_alive()
