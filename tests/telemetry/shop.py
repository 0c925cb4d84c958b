"""A copy of the template with the tasks of a shop, a worker of each language, and a client."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from scripts.paths import TELEMETRY_PROJECT
from tests.conformance.workers import client_for, close_client
from tests.support.programs import Program
from tests.support.template import copy_with_packages
from tests.support.valkey import served
from tests.support.workers import CELERY_ARGUMENTS, WorkerFactory

WITHIN_S = 30.0


@dataclass(frozen=True)
class Tasks:
    """The source of the tasks of each language."""

    python: str
    node: str


class Shop:
    """The copy and its workers; `env` makes each of its programs report what happens."""

    def __init__(
        self, folder: Path, factory: WorkerFactory, url: str, tasks: Tasks, env: Mapping[str, str]
    ) -> None:
        self.clone = copy_with_packages(folder / "clone", TELEMETRY_PROJECT)
        self.factory = factory
        self.url = url
        self.env = dict(env)
        self._write("python/py_workers/tasks/shop/orders.py", tasks.python)
        self._write("node/js_workers/tasks/shop/orders.js", tasks.node)
        self.python = self.start_python()
        self.node = self.start_node()
        self.app = client_for(url)

    def start_python(
        self,
        queues: str = "py-queue",
        env: Mapping[str, str] | None = None,
        arguments: Sequence[str] = (),
        factory: WorkerFactory | None = None,
    ) -> Program:
        """Starts another Python worker; `factory` names another server."""
        return (factory or self.factory).python(
            queues,
            {**self.env, **(env or {})},
            arguments=(*CELERY_ARGUMENTS, *arguments),
            cwd=self.clone / "python",
        )

    def start_node(
        self, env: Mapping[str, str] | None = None, factory: WorkerFactory | None = None
    ) -> Program:
        """Starts another Node worker; `factory` names another server."""
        return (factory or self.factory).node({**self.env, **(env or {})}, cwd=self.clone / "node")

    @staticmethod
    def name_of(language: str, task: str) -> str:
        """The full name of a task."""
        return f"{language}_workers.tasks.shop.orders.{task}"

    def _write(self, path: str, text: str) -> None:
        file = self.clone / path
        file.parent.mkdir()
        file.write_text(text)


OneShop = TypeVar("OneShop", bound=Shop)


def opened(
    folders: pytest.TempPathFactory, make: Callable[[Path, WorkerFactory, str], OneShop]
) -> Iterator[OneShop]:
    """A shop on its own server, for a fixture to yield from."""
    for valkey in served(folders):
        factory = WorkerFactory(valkey.url, folders.mktemp("workers"))
        try:
            shop = make(folders.mktemp("shop"), factory, valkey.url)
            yield shop
            close_client(shop.app)
        finally:
            factory.close()
