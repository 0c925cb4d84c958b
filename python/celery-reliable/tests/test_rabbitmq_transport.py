"""What a connection to RabbitMQ does with confirmations, alarms and silence, at a server that the tests play."""

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import amqp
import pytest
from celery import Celery

import celery_reliable
from celery_reliable import rabbitmq_transport
from celery_reliable.rabbitmq_alarm import BrokerBlockedError, SilentBrokerError, Worker
from celery_reliable.rabbitmq_transport import Connection
from celery_reliable.stopping import StopLimit

METHOD, HEARTBEAT, FRAME_END = 1, 8, b"\xce"
REASON = b"\x03low"
BLOCKED, UNBLOCKED = (10, 60, REASON), (10, 61)


class Broker(threading.Thread):
    """Answers as RabbitMQ does. Instead of confirming messages, it can have an alarm, or send heartbeats only."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.confirms = True
        self.beats = False
        self.is_blocking = False
        self.sockets: list[socket.socket] = []

    def run(self) -> None:
        while True:
            try:
                opened, _ = self._listener.accept()
            except OSError:
                return
            self.sockets.append(opened)
            threading.Thread(target=self._serve, args=(opened,), daemon=True).start()

    def close(self) -> None:
        """End, and close all connections, as a server that is stopped."""
        for each in (self._listener, *self.sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def say(self, to: socket.socket, channel: int, kind: int, method: int, payload: bytes = b"") -> None:
        content = struct.pack(">HH", kind, method) + payload
        to.sendall(struct.pack(">BHI", METHOD, channel, len(content)) + content + FRAME_END)

    def _serve(self, opened: socket.socket) -> None:
        with suppress(OSError):
            self._answer(opened)

    def _answer(self, opened: socket.socket) -> None:
        file = opened.makefile("rb")
        file.read(8)
        self.say(opened, 0, 10, 10, b"\x00\x09" + b"\0" * 4 + b"\0\0\0\x05PLAIN" + b"\0\0\0\x05en_US")
        published = 0
        while len(header := file.read(7)) == 7:
            kind, channel, size = struct.unpack(">BHI", header)
            content = file.read(size + 1)
            if kind != METHOD:
                continue
            method = struct.unpack(">HH", content[:4])
            if method == (20, 10):
                published = 0
            if method == (60, 40):
                published += 1
                if self.confirms:
                    self.say(opened, channel, 60, 80, struct.pack(">QB", published, 0))
                elif self.is_blocking:
                    self.say(opened, 0, *BLOCKED)
                elif self.beats:
                    threading.Thread(target=self._beat, args=(opened,), daemon=True).start()
            for reply in _REPLIES.get(method, ()):
                self.say(opened, channel, *reply)

    def _beat(self, to: socket.socket) -> None:
        with suppress(OSError):
            for _ in range(100):
                time.sleep(0.1)
                to.sendall(struct.pack(">BHI", HEARTBEAT, 0, 0) + FRAME_END)


_REPLIES: dict[tuple[int, ...], list[Any]] = {
    (10, 11): [(10, 30, b"\x00\xff\x00\x02\x00\x00\x00\x00")],
    (10, 40): [(10, 41, b"\0")],
    (10, 50): [(10, 51)],
    (20, 10): [(20, 11, b"\0\0\0\0")],
    (20, 40): [(20, 41)],
    (85, 10): [(85, 11)],
}


@pytest.fixture
def broker() -> Iterator[Broker]:
    broker = Broker()
    broker.start()
    yield broker
    broker.close()


def connect(broker: Broker) -> Any:
    connection: Any = Connection(f"127.0.0.1:{broker.port}", confirm_publish=True)
    connection.connect()
    return connection


def send(channel: Any, limit: float | None = 2.0, **headers: Any) -> None:
    message = amqp.Message("body", application_headers=headers)
    channel.basic_publish(message, exchange="", routing_key="jobs", confirm_timeout=limit)


def test_a_message_that_cannot_be_written_is_not_counted(broker: Broker) -> None:
    channel = connect(broker).channel()

    with pytest.raises(amqp.exceptions.FrameSyntaxError):
        send(channel, own=object())
    with pytest.raises((struct.error, ValueError)):
        channel.basic_publish(amqp.Message("body"), exchange="", routing_key="x" * 300)

    send(channel)
    send(channel)
    assert channel.connection is not None


def test_an_interrupted_message_ends_its_connection(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = connect(broker).channel()
    send(channel)

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(channel, "_basic_publish", interrupted)
    with pytest.raises(KeyboardInterrupt):
        send(channel)
    assert channel.connection is None


def test_a_message_sent_during_the_wait_for_another_one_has_its_own_confirmation(broker: Broker) -> None:
    channel = connect(broker).channel()
    send(channel)
    drain = channel.connection.drain_events
    inner: list[str] = []

    def drain_events(timeout: Any = None) -> Any:
        if timeout and not inner:
            inner.append("inner")
            send(channel)  # reads the other confirmation as well
            return None
        return drain(timeout=timeout)

    channel.connection.drain_events = drain_events
    send(channel)

    assert inner == ["inner"]
    assert channel._awaited == {}


def test_heartbeats_do_not_prolong_a_wait(broker: Broker) -> None:
    channel = connect(broker).channel()
    broker.confirms, broker.beats = False, True

    began = time.monotonic()
    with pytest.raises(SilentBrokerError):
        send(channel, limit=0.5)

    assert time.monotonic() - began < 2


def test_what_an_idle_connection_knows_of_an_alarm_expires(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rabbitmq_transport._ALARMS, "_valid_s", 0.5)
    idle = connect(broker)
    other = connect(broker).channel()
    send(other)
    broker.say(broker.sockets[0], 0, *BLOCKED)
    idle.drain_events(timeout=2)

    with pytest.raises(BrokerBlockedError, match="low"):
        send(other)
    broker.say(broker.sockets[0], 0, *UNBLOCKED)  # which nobody reads
    time.sleep(0.6)

    send(other)
    assert idle.blocked == "low"


def test_a_forked_process_knows_of_no_alarm(broker: Broker) -> None:
    idle = connect(broker)
    broker.say(broker.sockets[0], 0, *BLOCKED)
    idle.drain_events(timeout=2)
    known = rabbitmq_transport._ALARMS
    assert known.reason_at(idle.host) == "low"

    with known._lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if known.reason_at(idle.host) is None else 1)

    assert os.waitpid(child, 0)[1] == 0


def test_a_worker_that_has_ended_leaves_a_client_behind() -> None:
    worker = Worker()
    controller: Any = SimpleNamespace(blueprint=None)

    worker.begin(controller)
    assert worker.is_here
    controller.blueprint = SimpleNamespace(shutdown_complete=threading.Event())
    assert worker.is_here

    controller.blueprint.shutdown_complete.set()
    assert not worker.is_here


def test_a_stop_uses_one_connection_and_waits_during_an_alarm(broker: Broker) -> None:
    app = Celery(broker=f"amqp://127.0.0.1:{broker.port}//", set_as_current=False)
    celery_reliable.install(app)
    app.conf.broker_transport_options = {**app.conf.broker_transport_options, "confirm_publish": True}
    limit = StopLimit(app, None)

    assert [limit._problem() for _ in range(3)] == [None] * 3
    assert len(broker.sockets) == 1

    broker.confirms, broker.is_blocking = False, True
    assert [limit._problem() for _ in range(2)] == [None, None]

    broker.close()
    assert "the broker is away" in str(limit._problem())
