"""The client that sends the jobs, and notes of each whether the server has confirmed it."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Celery, chain, chord
from celery.backends.redis import RedisBackend, SentinelBackend
from celery.canvas import Signature
from celery_reliable.server_url import read_url
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from .facts import Job, Publish, task_id
from .fleet import QUEUES

# A client that is frozen gives up after this, and does not know what became of its message.
ANSWER_WITHIN_S = 3.0
# After an error there is time for the server to come back: else all that follows would fail as well.
REST_S = 0.3
LOOK_S = 0.02


class SilentBackend(RedisBackend):
    """Where chords are counted; a client that waits for no result need not listen for any."""

    def on_task_call(self, producer: Any, task_id: str) -> None:
        """Do not subscribe."""

    def remove_pending_result(self, result: Any) -> Any:
        """Nor unsubscribe."""
        return result


class SilentSentinelBackend(SilentBackend, SentinelBackend):
    """The same behind sentinels."""


def client_for(server: str) -> Celery:
    """A client that never sends a message twice by itself, so that each publish is confirmed, or in doubt."""
    url, options = read_url(server)
    silent = SilentSentinelBackend if url.startswith("sentinel:") else SilentBackend
    backend = f"{__name__}:{silent.__name__}+{url}"
    app = Celery("chaos_client", broker=url, backend=backend, set_as_current=False)
    timeouts = {"socket_timeout": ANSWER_WITHIN_S, "socket_connect_timeout": ANSWER_WITHIN_S}
    app.conf.broker_transport_options = {**timeouts, **options}
    app.conf.result_backend_transport_options = options
    app.conf.update(task_publish_retry=False, broker_pool_limit=1)
    return app


class Load:
    """Sends jobs from its own thread, as far as `progress` (0 to 1) allows; `after` gets their number."""

    def __init__(
        self,
        server: str,
        jobs: Sequence[Job],
        progress: Callable[[], float],
        after: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._app = client_for(server)
        self._jobs = jobs
        self._progress = progress
        self._after = after
        self.publishes: list[Publish] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._send_all, name="load", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether every job has been sent."""
        return not self._thread.is_alive()

    def close(self) -> None:
        """Stop sending."""
        self._stopping.set()
        self._thread.join()
        self._app.close()

    def _send_all(self) -> None:
        for index, job in enumerate(self._jobs):
            while index >= self._progress() * len(self._jobs):
                if self._stopping.wait(LOOK_S):
                    return
            self._send(job)
            self._after(index + 1)

    def _send(self, job: Job) -> None:
        began, error = time.time(), None
        options: dict[str, Any] = {}
        if job.is_chord:
            options["task_id"] = task_id(job.number, len(job.steps) - 1)  # that of its body
        if job.eta_s:
            options["eta"] = datetime.now(UTC) + timedelta(seconds=job.eta_s)
        try:
            signature(self._app, job).apply_async(**options)
        except (OperationalError, RedisError, OSError) as raised:
            error = repr(raised)
        self.publishes.append(Publish(job.number, began, time.time(), error))
        if error is not None:
            self._stopping.wait(REST_S)


def signature(app: Celery, job: Job) -> "Signature[Any]":
    """A job as it is sent: a task, or a chain or chord of them."""
    steps = []
    for number, step in enumerate(job.steps):
        kwargs = {"number": job.number, "step": number, "seconds": step.seconds, "retries": step.retries}
        options = {"queue": QUEUES[step.language], "task_id": task_id(job.number, number)}
        name = f"chaos.{step.language}"
        is_body = job.is_chord and number == len(job.steps) - 1
        steps.append(app.signature(name, kwargs=kwargs, options=options, immutable=not is_body))
    if job.is_chord:
        return chord(steps[:-1], steps[-1], app=app)
    return steps[0] if len(steps) == 1 else chain(*steps, app=app)
