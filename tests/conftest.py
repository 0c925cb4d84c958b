"""Fixtures of the spanning tests.

`valkey`, `python_worker` and `node_worker` are a test's own; `module_valkey` is a server that the tests of a
file share.
"""

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.order import BySharedWorkers, arrange
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer, served
from tests.support.workers import WorkerFactory

# Whoever runs the tests may be deaf to a hangup (`nohup`, a service of a CI): what they start would be, too.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

StartWorker = Callable[..., Program]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the conformance suite, here because pytest reads this file first."""
    group = parser.getgroup("conformance")
    group.addoption("--worker-cmd", metavar="COMMAND", help="a command that starts the worker under test")
    group.addoption(
        "--worker-language",
        choices=("js", "py"),
        default="js",
        help="whose place it takes (default: %(default)s)",
    )
    group.addoption(
        "--broker",
        choices=("redis", "sentinel", "rabbitmq-quorum", "rabbitmq-classic", "rabbitmq-quorum-3.10"),
        default="redis",
        help="where the workers get their messages (default: %(default)s)",
    )
    group.addoption(
        "--results",
        choices=("redis", "postgres"),
        default="redis",
        help="where the workers keep results (default: %(default)s)",
    )
    group.addoption("--chains", type=int, default=300, help="of test_canvas_load.py (default: %(default)s)")
    group.addoption("--chords", type=int, default=20, help="of test_canvas_load.py (default: %(default)s)")
    group.addoption(
        "--restarts", type=int, default=1, help="of test_rolling_restart.py: rounds (default: %(default)s)"
    )
    group.addoption(
        "--hostile-examples", type=int, default=500, help="messages per worker (default: %(default)s)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # in one of several processes
        arrange(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return BySharedWorkers(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Lets mypy read the types of the packages once, not once for each folder that a test has it check."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MYPY_CACHE_DIR", str(tmp_path_factory.mktemp("mypy")))
        yield


@pytest.fixture
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A server that answers; `url`, `client`, `stop()`, `start()`, `restart()`, `kill()`."""
    yield from served(tmp_path_factory)


@pytest.fixture(scope="module")
def module_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory)


@pytest.fixture
def workers(valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerFactory]:
    factory = WorkerFactory(valkey.url, tmp_path_factory.mktemp("workers"))
    yield factory
    factory.close()


@pytest.fixture
def python_worker(workers: WorkerFactory) -> StartWorker:
    """`python_worker(queues=..., env=..., app=...)` starts a Celery worker and waits until it is ready."""
    return workers.python


@pytest.fixture
def node_worker(workers: WorkerFactory) -> StartWorker:
    """`node_worker(env=..., script=...)` starts a Node worker and waits until it is ready."""
    return workers.node
