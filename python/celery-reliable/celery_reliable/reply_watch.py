"""Watches the replies on a process's connections (``node/celery-js/src/transport/redis/reply-watch.js`` in Node).

Silence: a command without an answer means that the server, or the network to it, hangs. Every older
connection would wait for its own timeout, one after the other: 5 s each for acknowledgement, result and
callback. So the first connection to notice makes all older ones stale, also those of pool processes. Each is reopened
before its next command.

Order: an extra reply means that replies and commands are out of step (a faulty proxy). The
connection is closed, and the command counts as unanswered.
"""

import mmap
import struct
import time
from functools import cache
from queue import Empty
from typing import TYPE_CHECKING

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celery_reliable.refusals import unwrapped
from celery_reliable.types import Passed

_TIME = struct.Struct("d")


class Silence:
    """When a command was last left without an answer, by ``time.monotonic``; forked processes share it."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _TIME.size)

    @property
    def noticed_at(self) -> float:
        """The time; 0 before the first one."""
        return float(_TIME.unpack(self._memory[: _TIME.size])[0])

    def is_recent(self, within_s: float) -> bool:
        """Whether a command was left without an answer in the last ``within_s`` seconds."""
        return 0 < self.noticed_at >= time.monotonic() - within_s

    def note(self) -> None:
        """Note that a command was just left without an answer."""
        self._memory[: _TIME.size] = _TIME.pack(time.monotonic())


SILENCE = Silence()

if TYPE_CHECKING:
    from redis.connection import Connection as _Connection
else:
    _Connection = object


class ReplyWatch(_Connection):
    """Mixed into a connection class of redis-py's (``redis.connection.AbstractConnection``)."""

    #: Whether a stale connection is reopened before the next command. One whose socket the event loop watches is closed
    #: by ``close_if_stale`` instead, so that the loop gets the new socket.
    reconnects_itself = True
    _made_at = float("inf")
    _packed = 1  # commands in the next packet
    _unanswered = 0

    @property
    def is_stale(self) -> bool:
        """Whether a command was left without an answer since it was made, on this connection or another one."""
        return self._sock is not None and self._made_at <= SILENCE.noticed_at

    def close_if_stale(self) -> None:
        """Close the connection if it is stale; redis-py opens it again for the next command."""
        if self.is_stale:
            self.disconnect()

    def connect_check_health(self, *args: Passed, **kwargs: Passed) -> None:
        """Connect (mirrors ``AbstractConnection.connect_check_health``)."""
        is_new = self._sock is None
        super().connect_check_health(*args, **kwargs)
        if is_new:
            self._made_at = time.monotonic()

    def disconnect(self, *args: Passed, **kwargs: Passed) -> None:
        """Disconnect (mirrors ``AbstractConnection.disconnect``)."""
        self._unanswered = 0
        super().disconnect(*args, **kwargs)  # type: ignore[no-untyped-call]

    def pack_commands(self, commands: Passed) -> Passed:
        """Pack the commands of a pipeline (mirrors ``AbstractConnection.pack_commands``)."""
        self._packed = len(commands)
        return super().pack_commands(commands)  # type: ignore[no-untyped-call]

    def send_packed_command(self, command: object, check_health: bool = True) -> None:
        """Send commands (mirrors ``AbstractConnection.send_packed_command``)."""
        packed, self._packed = self._packed, 1
        if check_health and self.reconnects_itself:
            self.close_if_stale()
        super().send_packed_command(command, check_health)  # type: ignore[no-untyped-call]
        self._unanswered += packed

    def read_response(self, *args: object, disconnect_on_error: bool = True, **kwargs: object) -> object:
        """Read the answer to a command (mirrors ``AbstractConnection.read_response``).

        Raises what redis-py raises (for a script, what its command would raise alone), and
        redis.exceptions.ConnectionError when there is more to read than one answer.
        With ``timeout=0`` it raises ``Empty`` when only a part has arrived: after redis-py's own error, a subscription
        would be made again.
        """
        self._unanswered -= 1  # first, because an error that disconnects resets it to 0
        try:
            reply = super().read_response(*args, disconnect_on_error=disconnect_on_error, **kwargs)
        except (RedisTimeoutError, InvalidResponse) as error:
            if kwargs.get("timeout") == 0 and isinstance(error, RedisTimeoutError):
                raise Empty from error
            if disconnect_on_error:  # otherwise it is a subscription, where silence means nothing
                SILENCE.note()
            raise
        except ResponseError as error:
            if (refusal := unwrapped(error)) is error:
                raise
            raise refusal from error
        if disconnect_on_error and self._unanswered == 0 and self._has_more_to_read():
            self.disconnect()
            raise RedisConnectionError("the server has sent more than one answer to a command")
        return reply

    def _has_more_to_read(self) -> bool:
        try:
            return bool(self.can_read(0))
        except RedisConnectionError:  # it was closed after its answer
            return False


@cache
def watched(connection_class: type) -> type[ReplyWatch]:
    """Return a connection class of redis-py's with the watch mixed in."""
    if issubclass(connection_class, ReplyWatch):
        return connection_class
    return type(f"Watched{connection_class.__name__}", (ReplyWatch, connection_class), {})


def watched_by_loop(connection_class: type) -> type[ReplyWatch]:
    """Return the same for a class that belongs to one channel, whose sockets the event loop watches."""
    return type("WatchedByLoop", (ReplyWatch, connection_class), {"reconnects_itself": False})
