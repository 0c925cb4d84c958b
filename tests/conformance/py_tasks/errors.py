"""Errors."""

from ..py_worker import app


class GatewayError(Exception):
    """An error of the application, with two arguments."""


GatewayError.__module__ = "conformance.errors"


@app.task
def fail(message: str) -> None:
    raise ValueError(message)


@app.task
def refuse(code: int, text: str) -> None:
    raise GatewayError(code, text)


@app.task
def wrap(message: str) -> None:
    """An error with another one as its cause."""
    try:
        fail(message)
    except ValueError as cause:
        raise GatewayError(502, "bad gateway") from cause
