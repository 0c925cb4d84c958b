"""The overlay `local` on a Docker engine: its server, and a worker of each language on request."""

import os
from collections.abc import Callable, Iterator

import pytest
from celery import Celery

from tests.deploy.conftest import Once
from tests.deploy.containers.pods import Pod
from tests.deploy.rendering import Manifests, Workload, rendered
from tests.support import docker
from tests.support.waiting import wait_until

StartPod = Callable[[str], Pod]


@pytest.fixture(scope="session")
def local(once: Once) -> Manifests:
    assert docker.is_there(), "no Docker engine answers: start one, and see that `docker info` works"
    manifests = rendered("local")
    once("images", lambda: _build(manifests))
    return manifests


def _build(manifests: Manifests) -> str:
    """Builds the images of an overlay, and returns their names."""
    docker.run("make", "build-py-worker", "build-js-worker")
    images = [str(workload.container["image"]) for workload in manifests.workloads]
    for image in images:
        name = image.partition(":")[0]
        if name.endswith("_monitor"):
            docker.run(
                "docker", "build", "--build-arg=POETRY_GROUPS=main,monitor", f"--tag={image}", "python"
            )
        elif name.endswith("_worker"):
            docker.run("docker", "tag", name, image)
    return " ".join(images)


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> docker.Ledger:
    return docker.Ledger(tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="session")
def network() -> Iterator[str]:
    """A separate network, with the server under the name of its Service."""
    name = f"pods-{os.getpid()}"
    docker.run("docker", "network", "create", name)
    try:
        yield name
    finally:
        docker.run("docker", "network", "rm", name)


@pytest.fixture(scope="session")
def valkey(local: Manifests, network: str, ledger: docker.Ledger) -> Iterator[Pod]:
    pod = Pod(local, Workload(local.named("StatefulSet", "valkey")), network, ledger)
    try:
        pod.wait_until_ready()
        yield pod
    finally:
        pod.remove()


@pytest.fixture
def start(
    local: Manifests,
    network: str,
    ledger: docker.Ledger,
    valkey: Pod,  # noqa: ARG001 - the pods need it
) -> Iterator[StartPod]:
    """`start("js-worker")` starts a pod of this Deployment; it need not be ready yet."""
    started: list[Pod] = []

    def start_pod(name: str) -> Pod:
        pod = Pod(local, Workload(local.named("Deployment", name)), network, ledger)
        started.append(pod)
        return pod

    yield start_pod
    for pod in started:
        pod.remove()


@pytest.fixture
def client(valkey: Pod) -> Iterator[Celery]:
    """A client on this machine, with the template's routes."""
    url = f"redis://{valkey.address}:6379/0"
    app = Celery("pods_tests", broker=url, backend=url, set_as_current=False)
    routes = {"py_workers.*": {"queue": "py-queue"}, "js_workers.*": {"queue": "js-queue"}}
    app.conf.update(task_routes=routes, broker_transport_options={"socket_timeout": 5})
    wait_until(lambda: app.connection_for_write().ensure_connection(max_retries=3), 20, "a connection")
    yield app
    app.close()
