"""Workers of each kind that send events, and Celery's own receiver of events."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from celery import Celery

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer, served
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .external import replacement
from .matrix import count_receivers
from .workers import Target, client_for, close_client, launch, settings_for, wait_until_ready

Event = dict[str, Any]
EVENT_KINDS = ("py", "reliable", "js")
WITHIN_S = 15


class Monitor:
    """What Celery's receiver hears, while it is open."""

    def __init__(self, server: ValkeyServer) -> None:
        self._heard: list[Event] = []
        self._app = client_for(server.url)
        self._receiver: Any = None
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        wait_until(lambda: count_receivers(server.url), WITHIN_S, "the receiver of events")

    def _listen(self) -> None:
        with self._app.connection_for_read() as connection:
            self._receiver = self._app.events.Receiver(connection, handlers={"*": self._heard.append})
            self._receiver.capture(wakeup=False)

    @property
    def events(self) -> list[Event]:
        """All of them, in the order in which they were heard."""
        return list(self._heard)

    def of(self, task_id: str) -> list[Event]:
        """Those of a task, but for those of its sending."""
        return [
            event for event in self.events if event.get("uuid") == task_id and event["type"] != "task-sent"
        ]

    def wait_for(self, type_: str, **fields: Any) -> Event:
        """The first one of a type with these fields; raises AssertionError when none is heard in time."""

        def found() -> Event | None:
            wanted = {"type": type_, **fields}
            return next((event for event in self.events if wanted.items() <= _hashable(event)), None)

        event = wait_until(found, WITHIN_S, f"{type_} of {fields}")
        assert event is not None
        return event

    def wait_for_course(self, task_id: str, types: Sequence[str]) -> list[Event]:
        """The events of a task, once there are as many as there should be."""
        wait_until(lambda: len(self.of(task_id)) >= len(types), WITHIN_S, f"{types} of {task_id}")
        return self.of(task_id)

    def close(self) -> None:
        self._receiver.should_stop = True
        self._thread.join()
        self._app.close()


def _hashable(event: Event) -> Any:
    return {name: value for name, value in event.items() if not isinstance(value, list)}.items()


@dataclass(frozen=True)
class Watched:
    """A worker's queue, and the receivers of its events."""

    kind: str
    target: Target
    monitor: Monitor
    program: Program

    @property
    def hostname(self) -> str:
        """The worker's name."""
        types = ["task-received", "task-started", "task-succeeded"]
        return str(self.course("basic.add", 1, 2, types=types)[0]["hostname"])

    def course(self, task: str, *args: Any, types: Sequence[str], **options: Any) -> list[Event]:
        """Run a task; returns its events, which are of these types, in the order of the worker's clock."""
        result = self.target.send(task, args, **options)
        events = sorted(self.monitor.wait_for_course(result.id, types), key=lambda event: event["clock"])
        assert [event["type"] for event in events] == list(types)
        return events


@pytest.fixture(scope="session")
def event_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory, "event-valkey")


@pytest.fixture(scope="session")
def monitor(event_server: ValkeyServer) -> Iterator[Monitor]:
    monitor = Monitor(event_server)
    yield monitor
    monitor.close()


@pytest.fixture(scope="session")
def event_programs(
    event_server: ValkeyServer,
    monitor: Monitor,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Program]]:
    """A worker of each kind, on the queue of its kind; started side by side, while the monitor listens."""
    factory = WorkerFactory(event_server.url, tmp_path_factory.mktemp("event-workers"))
    programs = {kind: start_telling(factory, event_server.url, kind) for kind in EVENT_KINDS}
    wait_until_ready(programs.values())
    yield programs
    factory.close()


@pytest.fixture(scope="session")
def event_app(event_server: ValkeyServer, event_programs: dict[str, Program]) -> Iterator[Celery]:  # noqa: ARG001
    """Their client."""
    client = client_for(event_server.url, task_send_sent_event=True)
    yield client
    close_client(client)


@pytest.fixture(params=EVENT_KINDS)
def watched(
    event_app: Celery, event_programs: dict[str, Program], monitor: Monitor, request: pytest.FixtureRequest
) -> Watched:
    """A worker of one kind."""
    kind = request.param
    return Watched(kind, Target(event_app, kind), monitor, event_programs[kind])


def start_telling(
    factory: WorkerFactory, url: str, kind: str, *, tasks: bool = True, queue: str = "", **node: Any
) -> Program:
    """A worker with a heartbeat, with or without events of its tasks; it need not be ready yet.

    A Python one has processes, as errors look different in the events of a worker with threads.
    """
    told = {"worker_send_task_events": tasks, "task_send_sent_event": tasks}
    celery = settings_for(url) | told | {"worker_concurrency": 2, "task_acks_late": True}
    own = {"worker_soft_shutdown_timeout": 5} | node
    given: dict[str, Any] = {"celery": celery, "node": own, "queues": queue or kind}
    given["worker"] = {"hostname": f"{queue or kind}@%h"}
    if external := replacement(kind):
        return external.start(factory, given, wait=False)
    return launch(factory, kind, given, heartbeat=True)
