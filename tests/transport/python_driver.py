"""The driver of celery-reliable: reads commands from standard input and answers each in a line.

A command is `{"do": <method of Transport>, ...arguments}`, an answer `{"answer": ...}` or `{"error": "..."}`.
`open` begins a new transport, with `Options`, and answers with the id of the process that it lives in;
`close` ends it. The driver ends when standard input does.
"""

import json
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, NoReturn

from celery_reliable import transport as celery_reliable_transport
from celery_reliable.envelope import counted_id_of, read_envelope
from kombu import Connection, Exchange, Queue
from redis.exceptions import RedisError

from tests.transport.interface import Delivery, Options, Side, Transport, TransportError

TRANSPORT = f"{celery_reliable_transport.__name__}:Transport"


class LogLines(logging.Handler):
    """Keeps the texts of warnings and errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.lines.append(record.getMessage())


class PythonTransport:
    """The transport of a Celery worker: what holds messages for a channel, made by a channel."""

    def __init__(self, options: Options) -> None:
        self._queues = options.queues
        self._log = LogLines()
        logging.getLogger("celery_reliable").addHandler(self._log)
        transport_options = asdict(options)
        del transport_options["url"], transport_options["queues"]
        self._connection = Connection(options.url, transport=TRANSPORT, transport_options=transport_options)
        self._channel: Any = self._connection.channel()
        for name in options.queues:
            Queue(name, Exchange(name), routing_key=name)(self._channel).declare()
        self._leases = self._channel.leases

    def take(self, limit: int = 10) -> list[Delivery]:
        """See `Transport`."""
        try:
            deliveries = self._leases.take(self._queues, limit)
        except RedisError as error:
            raise TransportError(str(error)) from error
        for each in deliveries:
            with suppress(ValueError):  # the script does not look into all of a large text
                self._leases.identify(self._leases.tag(each), counted_id_of(read_envelope(each.raw)))
        return [
            Delivery(self._leases.tag(each), each.queue, each.workers_lost, each.raw.decode(errors="replace"))
            for each in deliveries
        ]

    def acknowledge(self, tag: str) -> None:
        """See `Transport`."""
        self._leases.settle(tag)

    def put_back(self, tags: Sequence[str], side: Side) -> None:
        """See `Transport`."""
        self._leases.requeue(tags, side)

    def bury(self, tag: str, reason: str) -> None:
        """See `Transport`."""
        self._leases.bury(tag, reason)

    def park(self, tag: str, due_ms: int, eta_s: float) -> None:
        """See `Transport`."""
        self._leases.park([(tag, due_ms, eta_s)])

    def mark_started(self, tag: str) -> bool:
        """See `Transport`."""
        try:
            return bool(self._leases.mark_started(tag))
        except RedisError as error:
            raise TransportError(str(error)) from error

    def is_idle(self) -> bool:
        """See `Transport`."""
        return bool(self._leases.is_idle)

    def log(self) -> list[str]:
        """See `Transport`."""
        return self._log.lines

    def close(self) -> None:
        """See `Transport`."""
        os._exit(0)


def main() -> None:
    """Fork a process for each transport, as imports take longer than a test."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            serve(json.loads(line))
        _, status = os.waitpid(pid, 0)
        if os.waitstatus_to_exitcode(status) > 0:
            sys.exit(f"the driver's process {pid} failed")


def serve(command: dict[str, Any]) -> NoReturn:
    """Obey until `close`, or until standard input ends; then end as a crash does."""
    try:
        obey(command)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def obey(command: dict[str, Any]) -> None:
    """Open a transport and run commands on it."""
    del command["do"]
    transport: Transport = PythonTransport(Options(**command))
    answer({"answer": os.getpid()})
    for line in sys.stdin:
        command = json.loads(line)
        name = command.pop("do")
        if name == "close":
            answer({"answer": None})
            transport.close()
        try:
            result = getattr(transport, name)(**command)
        except TransportError as error:
            answer({"error": str(error)})
        else:
            answer({"answer": [asdict(each) for each in result] if name == "take" else result})


def answer(reply: dict[str, Any]) -> None:
    """Write a line."""
    print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
