"""Checks the parts of a server's URL: a password with a raw ``/``, ``?`` or ``#`` ends up in the wrong parts."""

from urllib.parse import SplitResult, parse_qsl

_UNREADABLE = (
    "the host or port cannot be read; in a password, / is written %2F, ? is %3F, # is %23, @ is %40, ; is %3B, % is %25"
)


def check_place(parts: SplitResult) -> None:
    """Check where a server is.

    Raises:
        ValueError: the port is not a number or out of range, or a part holds an ``@``. The text shows none of it, as it
            may be a password.
    """
    try:
        _ = parts.port
    except ValueError:
        raise ValueError(_UNREADABLE) from None
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    path = "" if parts.scheme == "redis+socket" else parts.path
    if any("@" in text for text in (path, *names)):
        raise ValueError(_UNREADABLE)
