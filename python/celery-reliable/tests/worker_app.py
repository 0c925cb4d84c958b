"""The app of the tests' workers: Celery's settings and the package's options as JSON in RELIABLE_TEST."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from celery import Celery, Task, group, signals
from celery.exceptions import Ignore
from celery.result import allow_join_result
from raising import ERRORS, RaisingRequest
from redis.exceptions import ResponseError

import celery_reliable
from celery_reliable import prefork

given = json.loads(os.environ["RELIABLE_TEST"])
prefork.STARTS_WITHIN_S = given["options"].pop("starts_within_s", prefork.STARTS_WITHIN_S)
loses_slots = given["options"].pop("lose_slots", False)
refusal = given["options"].pop("refusal", "")
app = Celery("reliable_test")
app.config_from_object(given["settings"])
if given["delivery"] == "reliable":
    celery_reliable.install(app, **given["options"])


@signals.worker_ready.connect
def lose_slots(sender: Any, **_: Any) -> None:
    """Take all slots and never give them back, when the test asks for it."""
    while loses_slots and sender.controller.semaphore.value:
        sender.controller.semaphore.acquire(int)


@signals.worker_ready.connect
def refuse(sender: Any, **_: Any) -> None:
    """Raise a refusal in the event loop of the first connection, when the test asks for it."""

    def raise_once() -> None:
        global refusal
        text, refusal = refusal, ""
        if text:
            raise ResponseError(text)

    if sender.hub:
        sender.hub.on_tick.add(raise_once)


def note(ledger: str, what: str, label: str) -> None:
    """Append one line to a file outside the server: who did what."""
    line = f"{what} {label} {os.getpid()}\n"
    descriptor = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line.encode())
    os.close(descriptor)


@app.task
def add(x: int, y: int) -> int:
    """Add."""
    return x + y


@app.task
def hold(ledger: str, label: str, gate: str) -> str:
    """Begin, and end once the gate (a file) is there."""
    note(ledger, "begin", label)
    while not Path(gate).exists():
        time.sleep(0.02)
    note(ledger, "end", label)
    return label


@app.task
def work(ledger: str, label: str, seconds: float) -> str:
    """Take some time."""
    note(ledger, "begin", label)
    time.sleep(seconds)
    note(ledger, "end", label)
    return label


@app.task
def kill_process(ledger: str, label: str, times: int) -> str:
    """Take down the process that runs it, so many times: the worker in the solo pool, else a pool's process."""
    note(ledger, "begin", label)
    if Path(ledger).read_text().count(f"begin {label} ") <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return label


@app.task
def be_a_client(queue: str) -> list[int]:
    """Do in a task what clients do: send, wait for a group, and ask the workers."""
    numbers: Any = group([add.s(1, 2), add.s(3, 4)]).apply_async()
    numbers.save()
    add.apply_async((1, 2), queue=queue)
    app.control.ping(timeout=1)
    with allow_join_result():
        return list(app.GroupResult.restore(numbers.id).get(timeout=20))


@app.task(bind=True)
def die_in_chord(self: Any, ledger: str, label: str, where: str) -> str:
    """Succeed, and take down the process once, on the way from the stored result to the body of the chord."""

    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM if where == "_retry_publish" else signal.SIGKILL)
        time.sleep(10)

    note(ledger, "begin", label)
    if Path(ledger).read_text().count(f"begin {label} ") == 1:
        setattr(self.app.amqp if where == "_retry_publish" else self.backend, where, die)
    return label


@app.task(acks_late=False)
def early(ledger: str, label: str, gate: str) -> str:
    """Begin with the message acknowledged."""
    return str(hold(ledger, label, gate))


@app.task(dead_letter_on_failure=True)
def fail_for_good(message: str) -> None:
    """Fail."""
    raise ValueError(message)


@app.task(rate_limit="6/m")
def rarely(ledger: str, label: str) -> None:
    """Run every ten seconds."""
    note(ledger, "begin", label)


@app.task(bind=True)
def extend(self: Any) -> None:
    """Add a task to the chord that this one is a part of."""
    self.add_to_chord(add.si(1, 2))


@app.task(bind=True)
def tag(self: Any) -> Any:
    """Tell whether the message was delivered before."""
    return self.request.delivery_info["redelivered"]


@app.task(bind=True, dead_letter_on_failure=True, max_retries=1)
def fail_after_a_retry(self: Any) -> None:
    """Fail, be tried once more, and fail."""
    raise self.retry(exc=ValueError("again"), countdown=0)


@app.task(dead_letter_on_failure=True, time_limit=1)
def outlast_its_limit() -> None:
    """Run until it is stopped by force."""
    time.sleep(60)


@app.task(dead_letter_on_failure=True, max_retries=0)
def kill_process_untried() -> None:
    """Take down the pool's process, with no second chance."""
    os.kill(os.getpid(), signal.SIGKILL)


@app.task(dead_letter_on_failure=True)
def end_without_failing(how: str) -> None:
    """Be ignored, or succeed."""
    if how == "ignored":
        raise Ignore


@app.task(dead_letter_on_failure=True, acks_late=False)
def fail_early_acknowledged() -> None:
    """Fail with the message gone."""
    raise ValueError("early")


class WithRaisingRequest(Task):  # type: ignore[type-arg]
    """A task with its own request class."""

    Request = RaisingRequest  # type: ignore[assignment]


@app.task(base=WithRaisingRequest)
def raise_at(at: str, what: str) -> str:
    """Succeed, unless the request raises; at "task" it is the task that does."""
    if at == "task":
        raise ERRORS[what]
    return at


@app.task
def on_error(request: Any, exc: Exception, traceback: Any, ledger: str, what: str) -> None:
    """Note the error of a task, as its errback, and then do what is asked for."""
    assert isinstance(traceback, str | None)
    note(ledger, type(exc).__name__, request.id)
    if what == "sleep":
        time.sleep(30)
    if what == "exit":
        raise SystemExit(1)
