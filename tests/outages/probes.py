"""Commands that the harness sends to the server directly, without a proxy."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from .site import HARNESS

QUEUES = {"python": "py-queue", "node": "js-queue"}
# What the harness is answering.
TAKEN = "echo.taken"
GLOB: Any = "glob"  # celery-types has a callable here
LOOK_S = 0.05
# How long a task of `echo` takes. Stock Celery sends SUBSCRIBE and the task on two connections and waits for
# neither: it misses a result that is there at once.
TAKES_S = 0.1
ANSWERS_WITHIN_S = 3.0
# Those of one probe: of a server that loses some, one is left; a worker that is away is not to find many.
MOST_TASKS = 20


class Echo(threading.Thread):
    """Answers the queue `echo` as a worker would: a client's recovery is not to wait for a worker's."""

    def __init__(self, port: Callable[[], int]) -> None:
        super().__init__(name="echo", daemon=True)
        self._port = port
        self._stopping = threading.Event()
        self.start()

    def close(self) -> None:
        """Stop it."""
        self._stopping.set()
        self.join()

    def run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            with suppress(RedisError), direct(self._port()) as redis:
                while not self._stopping.is_set():
                    redis.blmove("echo", TAKEN, 1, "RIGHT", "LEFT")
                    while task := redis.lindex(TAKEN, -1):  # also what an earlier connection has taken
                        self._stopping.wait(TAKES_S)
                        self._answer(redis, str(task))

    def _answer(self, redis: "Redis", task: str) -> None:
        task_id = json.loads(task)["headers"]["id"]
        key, meta = f"celery-task-meta-{task_id}", {"status": "SUCCESS", "result": None, "task_id": task_id}
        text = json.dumps({**meta, "traceback": None, "children": []})
        with redis.pipeline(transaction=True) as pipe:
            pipe.set(key, text, ex=600)
            pipe.publish(key, text)
            pipe.lrem(TAKEN, -1, task)
            pipe.execute()


class Probe(threading.Thread):
    """Looks when a worker has run a task sent after the server's return, and answers a ping."""

    def __init__(self, worker: str, port: int) -> None:
        super().__init__(name=f"probe of {worker}", daemon=True)
        self._worker = worker
        self._port = port
        self._stopping = threading.Event()
        #: When it did so, in seconds since the epoch; the second comes after the first.
        self.ran_at: float | None = None
        self.answered_at: float | None = None
        self.start()

    def close(self) -> None:
        """Stop it."""
        self._stopping.set()
        self.join()

    def run(self) -> None:
        app = direct_app(self._port)
        sent: list[str] = []
        with direct(self._port) as redis:
            while not self._stopping.wait(LOOK_S) and self.answered_at is None:
                with suppress(OperationalError, RedisError, OSError):
                    self._look(app, redis, sent)
        app.close()

    def _look(self, app: Celery, redis: "Redis", sent: list[str]) -> None:
        if self.ran_at is None:
            if len(sent) < MOST_TASKS:
                sent.append(f"probe:{self._worker}:{uuid4()}")
                options: dict[str, Any] = {"task_id": sent[-1], "queue": QUEUES[self._worker]}
                app.send_task(f"outages.{self._worker}", sent[-1:], **options)
            if any(redis.mget([f"celery-task-meta-{task_id}" for task_id in sent])):
                self.ran_at = time.time()
        elif app.control.ping(destination=[f"{self._worker}@site"], timeout=1.0):
            self.answered_at = time.time()


def tell_much(port: int, over: threading.Event) -> None:
    """Publish large messages without meaning to all subscribers until the outage ends."""
    much = "x" * 200_000
    app = direct_app(port)
    with direct(port) as redis:
        while not over.wait(0.5):
            with suppress(OperationalError, RedisError, OSError):
                app.control.broadcast("ping", pattern=much, matcher=GLOB)
                for name in QUEUES:
                    with app.events.default_dispatcher(hostname=f"{name}@site") as events:
                        events.send("worker-heartbeat", freq=2, active=0, processed=0, much=much)
                for channel in redis.pubsub_channels("celery-task-meta-*"):
                    meta = {"task_id": channel.removeprefix("celery-task-meta-"), "status": "STARTED"}
                    redis.publish(channel, json.dumps({**meta, "result": {"much": much}}))
    app.close()


def direct_app(port: int) -> Celery:
    """A client of the server itself that tries nothing twice."""
    url = f"redis://{HARNESS}:{HARNESS}@127.0.0.1:{port}/0"
    app = Celery("harness", broker=url, set_as_current=False)
    app.conf.update(broker_transport_options={"socket_timeout": ANSWERS_WITHIN_S}, task_publish_retry=False)
    return app


def direct(port: int) -> "Redis":
    """A client of the server itself, with little patience."""
    return Redis(
        port=port,
        username=HARNESS,
        password=HARNESS,
        decode_responses=True,
        socket_timeout=ANSWERS_WITHIN_S,
        socket_connect_timeout=ANSWERS_WITHIN_S,
        retry=Retry(NoBackoff(), 0),
    )
