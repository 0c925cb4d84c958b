"""What happens to the replies of a connection: each of these is a change of `Proxy.change_each`."""

import time
from collections.abc import Callable

LATENCY_S = 0.2


def drop(data: bytes) -> bytes:  # noqa: ARG001
    """Forward commands to the server and drop its replies."""
    return b""


def delay(data: bytes) -> bytes:
    """Each reply takes longer."""
    time.sleep(LATENCY_S)
    return data


class Mute:
    """Drop everything after the first reply."""

    def __init__(self) -> None:
        self._replies = 0

    def __call__(self, data: bytes) -> bytes:
        self._replies += 1
        return data if self._replies == 1 else b""


class Once:
    """Something happens to the next reply alone."""

    def __init__(self, change: Callable[[bytes], bytes]) -> None:
        self._change: Callable[[bytes], bytes] | None = change

    def __call__(self, data: bytes) -> bytes:
        change, self._change = self._change, None
        return change(data) if change else data


def one_more(data: bytes) -> bytes:
    """Insert a reply to no command, so that each later reply is read as the next command's."""
    return b"+OK\r\n" + data


def one_less(data: bytes) -> bytes:
    """A reply is lost: each later one is taken for the command before."""
    return data[reply_end(data) :]


def corrupt(data: bytes) -> bytes:
    """Change the first byte of a reply, which is its type."""
    return b"\x00" + data[1:]


def reply_end(data: bytes, start: int = 0) -> int:
    """Where the reply (RESP 2 or 3) that begins at `start` ends: that of the data when it is incomplete."""
    line_end = data.find(b"\r\n", start)
    if line_end < 0:
        return len(data)
    kind, end = data[start : start + 1], line_end + 2
    if kind in b"$=!*~>%" and data[start + 1 : line_end] not in (b"-1", b"?"):
        length = int(data[start + 1 : line_end])
        if kind in b"$=!":
            return min(end + length + 2, len(data))
        for _ in range(length * 2 if kind == b"%" else length):
            end = reply_end(data, end)
    return end
