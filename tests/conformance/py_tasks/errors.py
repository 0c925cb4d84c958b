"""Errors."""

from ..gateway import GatewayError
from ..py_worker import app


class OnlyHereError(Exception):
    """An error whose class no client can import."""


class TwoArgumentsError(Exception):
    """An error that hands one of its two arguments on, so that pickle cannot make it again."""

    def __init__(self, message: str, other: object) -> None:
        super().__init__(message)
        self.other = other


class TwoValuesError(ValueError):
    """The same, derived from an error of Python's."""

    def __init__(self, message: str, other: object) -> None:
        super().__init__(message)
        self.other = other


@app.task
def fail(message: str) -> None:
    raise ValueError(message)


@app.task
def refuse(code: int, text: str) -> None:
    raise GatewayError(code, text)


@app.task
def refuse_with_two(message: str) -> None:
    raise TwoArgumentsError(message, 2)


@app.task
def refuse_two_values(message: str) -> None:
    raise TwoValuesError(message, 2)


@app.task
def refuse_by_name(message: str) -> None:
    raise OnlyHereError(message)


@app.task
def wrap(message: str) -> None:
    """An error with another one as its cause."""
    try:
        fail(message)
    except ValueError as cause:
        raise GatewayError(502, "bad gateway") from cause
