"""Runs pods on a Docker engine, with the settings of their manifests."""

import itertools
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from scripts.paths import ROOT
from tests.deploy.rendering import Manifests, Workload
from tests.support import docker
from tests.support.waiting import wait_until

_NUMBERS = itertools.count(1)
# Task modules of the compose tests, and where the images look for tasks.
TASKS = {
    "py": ("py_tasks", "/app/py_workers/tasks/compose"),
    "js": ("js_tasks", "/app/js_workers/tasks/compose"),
}
# A lease that a test can wait for.
OWN_SETTINGS = {"JOBS_LEASE_S": "5"}


class Pod:
    """One container with the settings of its pod."""

    def __init__(self, manifests: Manifests, workload: Workload, network: str, ledger: docker.Ledger) -> None:
        self.workload = workload
        self.name = f"{network}-{workload.name}-{next(_NUMBERS)}"
        container = workload.container
        environment = manifests.environment(workload)
        command = container.get("command", [])
        self.id = docker.run(
            *(
                "docker",
                "run",
                "--detach",
                "--name",
                self.name,
                "--hostname",
                self.name,
                "--network",
                network,
            ),
            *(["--network-alias", workload.name] if workload.document["kind"] == "StatefulSet" else []),
            *_security(workload),
            *_memory(container),
            *_volumes(workload, ledger),
            *[f"--env={name}={value}" for name, value in (environment | OWN_SETTINGS).items()],
            *(["--entrypoint", command[0]] if command else []),
            container["image"],
            *command[1:],
            *container.get("args", []),
        ).strip()
        self.since = time.monotonic()

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(
            docker.run("docker", "inspect", "--format", "{{json .State}}", self.name)
        )
        return state

    @property
    def log(self) -> str:
        return docker.run("docker", "logs", self.name)

    def exec(self, *command: str, ok: tuple[int, ...] = (0,)) -> str:
        """Runs a command in the container."""
        return docker.run("docker", "exec", self.name, *command, ok=ok)

    def probe(self, kind: str) -> bool:
        """Asks once, as the kubelet does: from outside, within the probe's time-out.

        Any status from 200 to 399 passes.
        """
        probe = self.workload.container[f"{kind}Probe"]
        if "exec" in probe:
            try:
                self.exec(*probe["exec"]["command"])
            except AssertionError:
                return False
            return True
        return 200 <= self.status(probe["httpGet"]["path"], probe["timeoutSeconds"]) < 400

    def status(self, path: str, timeout_s: float = 5) -> int:
        """The status of a path on the container's first port; 0 if it does not answer."""
        port = self.workload.container["ports"][0]["containerPort"]
        try:
            with urllib.request.urlopen(f"http://{self.address}:{port}{path}", timeout=timeout_s) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_until_ready(self) -> float:
        """Waits for its startup probe, then for its readiness. Returns the seconds since it was started."""
        for kind in ("startup", "readiness"):
            probe = self.workload.container.get(f"{kind}Probe")
            if probe is None:
                continue
            within = probe.get("periodSeconds", 10) * probe.get("failureThreshold", 3) + 60
            self._wait(partial(self.probe, kind), within, f"{kind} of {self.name}")
        return time.monotonic() - self.since

    def stop(self) -> float:
        """Ends it as the kubelet does: SIGTERM, then SIGKILL after the grace period. Returns the seconds."""
        since = time.monotonic()
        docker.run(
            "docker", "stop", "--time", str(self.workload.pod["terminationGracePeriodSeconds"]), self.name
        )
        return time.monotonic() - since

    def remove(self) -> None:
        docker.run("docker", "rm", "--force", "--volumes", self.name)

    def _wait(self, condition: Callable[[], bool], within_s: float, what: str) -> None:
        def is_so() -> bool:
            assert self.state["Running"], f"{self.name} has ended:\n{self.log}"
            return condition()

        wait_until(is_so, within_s, what)

    @property
    def address(self) -> str:
        """Its address in the network of the pods."""
        template = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        return docker.run("docker", "inspect", "--format", template, self.name).strip()


class Replicas:
    """What a Deployment does to its pods: scales them, and replaces them one by one."""

    def __init__(self, start: Callable[[], Pod], count: int) -> None:
        self._start = start
        self.pods: list[Pod] = []
        self.ended: list[Pod] = []
        self.scale(count)

    def scale(self, count: int) -> None:
        """Starts or stops pods, all at the same time."""
        surplus = self.pods[count:]
        self.pods = self.pods[:count]
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda pod: pod.stop(), surplus))
            added = list(threads.map(lambda _: self._start(), range(count - len(self.pods))))
            list(threads.map(lambda pod: pod.wait_until_ready(), added))
        self.ended += surplus
        self.pods += added

    def roll(self) -> None:
        """A rolling update with maxUnavailable 0 and maxSurge 1: an old pod stops once a new one is ready.

        The next new pod need not wait until the old one has ended.
        """
        with ThreadPoolExecutor() as threads:
            for old in list(self.pods):
                new = self._start()
                new.wait_until_ready()
                time.sleep(old.workload.document["spec"]["minReadySeconds"])
                assert new.probe("readiness"), new.log
                threads.submit(old.stop)
                self.pods = [*[pod for pod in self.pods if pod is not old], new]
                self.ended.append(old)


def _security(workload: Workload) -> list[str]:
    pod, container = workload.pod["securityContext"], workload.container["securityContext"]
    words = ["--user", f"{pod['runAsUser']}:{pod['runAsGroup']}", "--group-add", str(pod["fsGroup"])]
    words += [f"--cap-drop={name}" for name in container["capabilities"]["drop"]]
    if container["readOnlyRootFilesystem"]:
        words.append("--read-only")
    if not container["allowPrivilegeEscalation"]:
        words.append("--security-opt=no-new-privileges:true")
    return words


def _memory(container: dict[str, Any]) -> list[str]:
    limit = container["resources"]["limits"]["memory"].replace("Mi", "m").replace("Gi", "g")
    return ["--memory", limit, "--memory-swap", limit]


def _volumes(workload: Workload, ledger: docker.Ledger) -> list[str]:
    """An emptyDir is a folder that everyone may write; Docker's nearest is a tmpfs."""
    sizes = {
        each["name"]: each.get("emptyDir", {}).get("sizeLimit", "64Mi")
        for each in workload.pod.get("volumes", [])
    }
    words = []
    for mount in workload.container["volumeMounts"]:
        if mount["name"] in sizes:
            size = sizes[mount["name"]].replace("Mi", "m")
            words.append(f"--tmpfs={mount['mountPath']}:rw,exec,mode=1777,size={size}")
        else:
            words.append(f"--volume={mount['mountPath']}")
    language = workload.name.partition("-")[0]
    if language in TASKS:
        folder, place = TASKS[language]
        words += [f"--volume={ROOT}/tests/compose/{folder}:{place}:ro", f"--volume={ledger.folder}:/ledger"]
    return words
