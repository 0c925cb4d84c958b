"""The profiles `rabbitmq` and `postgres`: both servers in containers, with a client of this machine."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import celery_reliable
import pytest
from celery import Celery
from celery_reliable.recommended import recommended_settings

from scripts import installed, server
from tests.compose.system import System
from tests.support import docker

pytestmark = pytest.mark.timeout(900)

SERVICES = ("rabbitmq", "postgres")


class Servers(System):
    """Both servers, with their URLs."""

    def __init__(self, project: str, folder: Path) -> None:
        super().__init__(project, folder)
        rabbitmq, postgres = server.free_port(), server.free_port()
        self.env |= {"RABBITMQ_PORT": str(rabbitmq), "POSTGRES_PORT": str(postgres)}
        self.broker = installed.rabbitmq_url(rabbitmq, user="jobs:jobs")
        self.results = installed.postgres_url(postgres, user="jobs:jobs", database="jobs")

    def up(self) -> None:
        """Starts both, and waits until they are healthy."""
        profiles = [word for service in SERVICES for word in ("--profile", service)]
        self.compose(*profiles, "up", "--detach", "--wait", *SERVICES)

    def images(self) -> list[str]:
        """The images of both."""
        shown = json.loads(self.compose("--profile", "*", "config", "--format", "json"))
        return [shown["services"][service]["image"] for service in SERVICES]

    def inspect(self, service: str) -> dict[str, dict[str, object]]:
        """What Docker knows of a service's container."""
        (container,) = self.containers(service).values()
        (found,) = json.loads(self.run("docker", "inspect", container))
        return dict(found)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    assert docker.is_there(), "no Docker engine answers: start one, and see that `docker info` works"
    servers = Servers(f"jobs-servers-{os.getpid()}", tmp_path_factory.mktemp("servers"))
    for image in servers.images():
        if (
            subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False).returncode
            != 0
        ):
            pulled = subprocess.run(["docker", "pull", image], capture_output=True, text=True, check=False)
            if pulled.returncode != 0:
                pytest.skip(f"the image {image} cannot be had: {pulled.stderr.strip()}")
    try:
        servers.up()
        yield servers
    finally:
        servers.compose("--profile", "*", "down", "--volumes", "--remove-orphans")


@pytest.mark.parametrize("service", SERVICES)
def test_a_server_is_not_root_and_read_only_and_open_to_this_machine_alone(
    servers: Servers, service: str
) -> None:
    found = servers.inspect(service)

    assert found["Config"]["User"] == service
    assert found["HostConfig"]["ReadonlyRootfs"] is True
    assert "127.0.0.1:" in str(servers.run("docker", "port", *servers.containers(service).values()))


def test_tasks_and_results_outlive_the_containers(servers: Servers) -> None:
    with client(servers) as app:
        app.send_task("nobody.runs", queue="kept")
        app.backend.store_result("kept", 7, "SUCCESS")

    servers.compose("--profile", "*", "down")
    servers.up()

    with client(servers) as app:
        assert app.AsyncResult("kept").get(timeout=20) == 7
        with app.connection_for_read() as connection, connection.channel() as channel:
            assert channel.queue_declare("kept", passive=True).message_count == 1


def client(servers: Servers) -> Celery:
    """The template's client."""
    app = Celery("servers", set_as_current=False)
    app.config_from_object(recommended_settings(servers.broker, servers.results))
    celery_reliable.install(app)
    return app
