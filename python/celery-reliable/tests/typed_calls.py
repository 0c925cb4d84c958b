"""What the types of tasks accept and refuse. Nothing here is run.

mypy and pyright fail when a line that they should refuse is not refused, and when one is that should not. (An
ignored error that does not occur is an error.)
"""

from typing import Any, assert_type

from celery import chain, chord
from celery.app.task import Context
from celery.canvas import Signature
from celery.result import AsyncResult

from celery_reliable.typed import BoundTask, Celery, Task

app = Celery("typed")


@app.task
def add(x: float, y: float, *, digits: int = 2) -> float:
    return round(x + y, digits)


@app.task(queue="slow", acks_late=True)
def show(number: float) -> str:
    return str(number)


@app.task(bind=True, max_retries=5)
def charge(self: BoundTask, invoice: str, amount: int) -> str:
    if self.request.retries == 0:
        raise self.retry(countdown=10)
    self.update_state(state="PROGRESS", meta={"done": 3})
    print(self.nothing)  # type: ignore[attr-defined]
    self.retry(count_down=10)  # type: ignore[call-arg]
    return f"{invoice}: {amount}"


@app.task
def report(request: Context, error: Exception, traceback: str, channel: str = "alerts") -> None:
    print(request.id, error, traceback, channel)


class LoggedTask(Task[..., Any]):
    label = "logged"


@app.task(bind=True, base=LoggedTask)
def labelled(self: LoggedTask, x: int) -> str:
    return f"{self.label}: {x}"


def calls() -> None:
    assert_type(add.delay(1, 2), AsyncResult[float])
    assert_type(add.delay(1, y=2, digits=3).get(timeout=30), float)
    add.delay("a", 2)  # type: ignore[arg-type]
    add.delay(1, 2, 3)  # type: ignore[call-arg]
    add.delay(1)  # type: ignore[call-arg]
    add.delay(1, 2, digit=1)  # type: ignore[call-arg]
    assert_type(add(1, 2), float)
    add("a", 2)  # type: ignore[arg-type]
    assert_type(add.apply_async((1, 2), countdown=1).get(), float)
    add.apply_async((1, 2), count_down=1)  # type: ignore[call-arg]
    assert_type(show.delay(1).get(), str)
    show.delay("1")  # type: ignore[arg-type]


def bound_calls() -> None:
    assert_type(charge.delay("R-17", 40).get(), str)
    charge.delay("R-17")  # type: ignore[call-arg]
    charge.delay(17, 40)  # type: ignore[arg-type]
    assert_type(labelled.label, str)


def workflows() -> None:
    assert_type(add.s(1, 2), Signature[float])
    assert_type(add.s(2), Signature[float])
    assert_type(add.si(1, 2), Signature[float])
    add.s(1, 2, 3)  # type: ignore[call-overload]
    add.s("a", "b")  # type: ignore[call-overload]
    add.si("a", 2)  # type: ignore[arg-type]
    chain(add.s(1, 2), show.s()).delay()
    chord([add.s(1, 2)], show.s()).delay()
    add.apply_async((1, 2), link_error=report.s(channel="billing"))
    report.s(chanel="billing")  # type: ignore[call-overload]
