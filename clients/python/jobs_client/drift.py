"""Asks the workers for their contract once per process, and warns if it differs from this client's."""

import atexit
import logging
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Any

from celery import Celery
from kombu import Producer

logger = logging.getLogger(__package__)

Hashes = Mapping[str, Mapping[str, str]]

# A process that ends sooner does not ask, so that short scripts don't keep all workers busy.
DELAY_S = 0.2
TIMEOUT_S = 1.0
_POLL_S = 0.05
# How long a process that ends may wait for its reply queue to be deleted.
_END_WITHIN_S = 1.0
_NAMES = 5

_asked: set[tuple[str, ...]] = set()
_lock = Lock()


class DriftCheck:
    """Compares the contract with that of the workers of one server.

    It never raises; only the end of the process waits for it, for a second at most.
    """

    def __init__(self, app: Celery, contract: str, hashes: Hashes) -> None:
        self._app = app
        self._contract = contract
        self._hashes = hashes
        self._begun = False
        self._ending = Event()

    def begin(self) -> None:
        """Ask in a thread, unless this process has already asked the workers of this server."""
        if self._begun:
            return
        self._begun = True
        key = (
            self._app.conf.broker_url,
            str(self._app.conf.broker_transport_options.get("global_keyprefix")),
        )
        with _lock:
            if key in _asked:
                return
            _asked.add(key)
        thread = Thread(target=self._run, name="jobs-contract", daemon=True)
        with suppress(RuntimeError):  # the interpreter ends, and starts no threads
            thread.start()
            atexit.register(self._end, thread)

    def _end(self, thread: Thread) -> None:
        self._ending.set()
        thread.join(_END_WITHIN_S)

    def _run(self) -> None:
        if self._ending.wait(DELAY_S):
            return
        try:
            warning = difference(self._contract, self._hashes, self._answers())
        except Exception as error:  # whatever fails here, jobs can be sent without it
            logger.debug("the workers' contract cannot be read: %r", error)
            return
        if warning:
            logger.warning(warning)

    def _answers(self) -> Iterator[Any]:
        """Yield the answers of workers to ``inspect contract`` (mirrors ``kombu.pidbox.Mailbox._broadcast``).

        kombu's own way can neither end early nor delete its queue when the process ends.
        """
        with self._app.connection_for_write() as connection, connection.channel() as channel:
            app: Any = self._app  # its stubs lack the mailbox and the clock
            mailbox = app.control.mailbox(connection)
            queue = mailbox.get_reply_queue()(channel)
            queue.declare()
            try:
                _ask(channel, mailbox.exchange, queue, app.clock.forward())
                yield from self._replies(queue)
            finally:
                queue.delete()

    def _replies(self, queue: Any) -> Iterator[Any]:
        """Yield each worker's answer until the time is over, or the process ends."""
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            message = queue.get(no_ack=True, accept=["json"])
            if message is not None:
                yield from message.decode().values()
            elif self._ending.wait(_POLL_S):
                return


def _ask(channel: Any, exchange: Any, reply_queue: Any, clock: int) -> None:
    """Send the command to all workers."""
    question = {
        "method": "contract",
        "arguments": {},
        "destination": None,
        "ticket": str(uuid.uuid4()),
        "reply_to": {"exchange": reply_queue.exchange.name, "routing_key": reply_queue.routing_key},
    }
    Producer(channel, auto_declare=False).publish(
        question,
        exchange=exchange.name,
        declare=[exchange],
        serializer="json",
        headers={"clock": clock, "expires": time.time() + TIMEOUT_S},
    )


def difference(contract: str, hashes: Hashes, answers: Iterable[Any]) -> str:
    """Return the warning about the tasks that differ; empty when there are none.

    It compares each worker with the tasks of its language that the client knows. A worker with none of them
    belongs to another application. Tasks that only the workers know make no difference.
    """
    changed, missing, theirs = set[str](), set[str](), set[str]()
    for answer in answers:
        tasks = answer.get("tasks") if isinstance(answer, dict) else None
        if not isinstance(tasks, dict):
            continue
        for own in hashes.values():
            if own.keys().isdisjoint(tasks):
                continue
            gone = own.keys() - tasks.keys()
            other = {name for name in own.keys() & tasks.keys() if own[name] != tasks[name]}
            missing |= gone
            changed |= other
            theirs |= {str(answer.get("hash"))} if gone or other else set()
    if not theirs:
        return ""
    parts = [
        f"{word}: {_listed(names)}" for word, names in (("changed", changed), ("missing", missing)) if names
    ]
    return (
        f"workers have another contract than this client ({', '.join(sorted(theirs))}, not {contract}): "
        f"{'; '.join(parts)}: install the client generated from the contract of the workers"
    )


def _listed(names: set[str]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(sorted(names)[:_NAMES]) + more
