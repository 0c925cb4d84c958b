"""Arguments and results."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from ..py_worker import app


@app.task
def add(x: Any, y: Any) -> Any:
    return x + y


@app.task
def greet(name: str, greeting: str = "Hello") -> str:
    return f"{greeting}, {name}!"


@app.task
def order(item: str, *, amount: int, note: str = "") -> list[Any]:
    return [item, amount, note]


@app.task
def echo(value: Any) -> Any:
    return value


@app.task
def nothing() -> None:
    pass


@app.task
def measure(text: str) -> int:
    return len(text)


@app.task(ignore_result=True)
def forgotten() -> str:
    return "nobody asks"


KINDS = {
    datetime: "datetime",
    date: "date",
    time: "time",
    Decimal: "decimal",
    UUID: "uuid",
    bytes: "bytes",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


@app.task
def kind(value: Any) -> Any:
    """Return the types in a value, in its shape."""
    return _kind(value)


def _kind(value: Any) -> Any:
    if isinstance(value, list):
        return [_kind(item) for item in value]
    if isinstance(value, dict):
        return {key: _kind(member) for key, member in value.items()}
    return KINDS[type(value)]


@app.task
def make_typed() -> dict[str, Any]:
    """The typed values, made in the language of the worker."""
    return {
        "datetime": datetime(2026, 11, 22, 10, 11, 12, 345000, UTC),
        "date": date(2026, 11, 22),
        "time": time(10, 11, 12),
        "decimal": Decimal("12.50"),
        "uuid": UUID("3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55"),
        "bytes": bytes([0, 159, 255]),
    }
