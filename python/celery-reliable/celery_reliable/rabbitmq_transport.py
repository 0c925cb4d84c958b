"""RabbitMQ's connections, which never wait without a limit: those of py-amqp, with deadlines.

A server with an alarm (memory, disk) still delivers, but reads nothing more from connections that have published: it
calls them blocked. py-amqp waits for its confirmations and replies for ever, as it does for those of a server that
hangs: a worker's event loop would stop, and a client's call would not end.

| A message | on a blocked connection | at a silent server |
|---|---|---|
| of a task in a worker | waits, unsent, until the server takes messages again | is sent again (Celery's policy) |
| of a client, or of a worker's own | is an error at once | is an error after 5 s |
| an event, a reply to a command | is dropped | is sent without a confirmation |
"""

import struct
from contextlib import suppress

from amqp import spec
from amqp.exceptions import ChannelError, FrameSyntaxError, MessageNacked, RecoverableConnectionError
from amqp.serialization import loads
from kombu.transport import pyamqp

from celery_reliable.rabbitmq_alarm import (
    UNCONFIRMED,
    WORKER,
    Alarms,
    BrokerBlockedError,
    SilentBrokerError,
    Until,
    waits,
)
from celery_reliable.types import BrokerConnection, Passed

# How long a server may take to confirm a message or to reply, as in Node, and to take what is written.
REPLY_TIMEOUT_S = 5.0
_NO_QUEUE = "celery-reliable.no-queue"
# What a message raises that cannot be written, before any of it is; and a channel that is closed already.
_UNWRITABLE = (FrameSyntaxError, struct.error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_UNWRITTEN = (ChannelError, *_UNWRITABLE)
_HEARTBEAT = 8

_ALARMS = Alarms(valid_s=REPLY_TIMEOUT_S)


class _Bounded:
    """Mixed into both kinds of ``amqp.abstract_channel.AbstractChannel``."""

    connection: Passed
    is_closing: bool

    def wait(
        self, method: Passed, callback: Passed = None, timeout: float | None = None, returns_tuple: bool = False
    ) -> Passed:
        """Wait for a reply (mirrors ``AbstractChannel.wait``).

        Raises what py-amqp raises, and the errors of ``_given_up``.
        """
        connection, wait = self.connection, super().wait  # type: ignore[misc]
        while True:
            try:
                return wait(method, callback, Until(REPLY_TIMEOUT_S if timeout is None else timeout), returns_tuple)
            except TimeoutError as error:
                if connection.blocked is None or timeout is not None or self.is_closing or not waits():
                    raise _given_up(connection, is_closing=self.is_closing) from error


class Channel(_Bounded, pyamqp.Channel):
    """Mirrors ``kombu.transport.pyamqp.Channel``.

    py-amqp takes any confirmation for that of the last message, also a late one of an earlier message. Here messages
    are numbered, as AMQP does.
    """

    # Its own, which its types do not mention.
    _confirm_selected: bool

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        # How many messages were sent since confirmations were asked for; and of those that wait for theirs, whether
        # the server has taken them. There are several if a callback sends a message while another one waits.
        self._number = 0
        self._awaited: dict[int, bool | None] = {}
        super().__init__(*args, **kwargs)
        self.events["basic_ack"].add(self._on_ack)
        self.events["basic_nack"].add(self._on_nack)

    def close(self, *args: Passed, **kwargs: Passed) -> Passed:
        """Close it (mirrors ``amqp.Channel.close``), or its whole connection if the server would not read that."""
        if getattr(self.connection, "blocked", None) is None:
            return super().close(*args, **kwargs)
        return self.connection.collect()

    def basic_publish_confirm(
        self, *args: Passed, timeout: float | None = None, confirm_timeout: float | None = None, **kwargs: Passed
    ) -> Passed:
        """Send a message, and wait until the server has it (mirrors ``amqp.Channel.basic_publish_confirm``).

        ``confirm_timeout``, in seconds, also limits the wait in a worker's task.

        Raises:
            amqp.exceptions.MessageNacked: the server does not take this message.
            amqp.exceptions.RecoverableConnectionError: the connection is lost or, in a worker, the server is silent.
            BrokerBlockedError: the server takes no messages for now.
            SilentBrokerError: in a client, the server is silent.
        """
        if kwargs.get("exchange") in UNCONFIRMED:
            return self._send_unless_blocked(args, kwargs)
        limit = confirm_timeout or timeout
        if not self._confirm_selected:
            self.confirm_select()
            self._confirm_selected, self._number = True, 0
        self._wait_while_blocked(limit)
        sent = self._send(args, kwargs)
        self._await_confirmation(self._number, limit)
        WORKER.taken()
        return sent

    def _send(self, args: tuple[Passed, ...], kwargs: Passed) -> Passed:
        connection = self.connection
        try:
            sent = self._basic_publish(*args, **kwargs)
        except _UNWRITTEN:
            raise
        except BaseException as error:  # a part of the message may have been written
            if connection is not None:
                connection.collect()
            if isinstance(error, OSError):
                raise RecoverableConnectionError(f"the broker does not read: {error}") from error
            raise
        if self._confirm_selected:
            self._number += 1
        return sent

    def _send_unless_blocked(self, args: tuple[Passed, ...], kwargs: Passed) -> Passed:
        self._read_what_is_there()
        return None if self.connection.blocked is not None else self._send(args, kwargs)

    def _wait_while_blocked(self, limit: float | None) -> None:
        self._read_what_is_there()
        must_wait = limit is None and waits()
        while (reason := self._reason(is_own=must_wait)) is not None:
            if not must_wait:
                raise BrokerBlockedError(_blocked_text(reason))
            with suppress(TimeoutError):
                self.connection.drain_events(timeout=REPLY_TIMEOUT_S)

    def _reason(self, *, is_own: bool) -> str | None:
        """Why the server takes no messages; unless ``is_own``, as any connection to it knows.

        Otherwise each attempt on a new connection would be the message once more, when the alarm is over.
        """
        connection = self._open_connection()
        if connection.blocked is not None:
            _ALARMS.notice(connection)
            return str(connection.blocked)
        return None if is_own else _ALARMS.reason_at(connection.host)

    def _await_confirmation(self, number: int, limit: float | None) -> None:
        self._awaited[number] = None
        try:
            self._drain_until_confirmed(number, limit)
            if not self._awaited[number]:
                raise MessageNacked
        finally:
            del self._awaited[number]

    def _drain_until_confirmed(self, number: int, limit: float | None) -> None:
        connection = self._open_connection()
        until = Until(limit or REPLY_TIMEOUT_S)
        while self._awaited[number] is None:
            try:
                self._open_connection().drain_events(timeout=until)
            except TimeoutError as error:
                if connection.blocked is None:
                    raise _given_up(connection, is_closing=False, has_limit=limit is not None) from error
                if limit is not None or not waits():
                    raise BrokerBlockedError(_blocked_text(connection.blocked)) from error
                until = Until(REPLY_TIMEOUT_S)

    def _read_what_is_there(self) -> None:
        with suppress(TimeoutError):
            while True:
                self._open_connection().drain_events(timeout=0)

    def _open_connection(self) -> Passed:
        if self.connection is None:
            raise RecoverableConnectionError("connection already closed")
        return self.connection

    def _on_ack(self, number: int, multiple: bool) -> None:
        self._note(number, multiple, is_taken=True)

    def _on_nack(self, number: int, multiple: bool) -> None:
        self._note(number, multiple, is_taken=False)

    def _note(self, number: int, multiple: bool, *, is_taken: bool) -> None:
        for awaited, outcome in self._awaited.items():
            if outcome is None and (awaited == number or (multiple and awaited < number)):
                self._awaited[awaited] = is_taken


class Connection(_Bounded, pyamqp.Connection):
    """Mirrors ``kombu.transport.pyamqp.Connection``. Knows whether the server takes messages."""

    Channel = Channel
    #: Why the server takes no messages from this connection; None: it does.
    blocked: str | None = None

    def __init__(self, *args: Passed, write_timeout: float | None = None, **kwargs: Passed) -> None:
        super().__init__(*args, write_timeout=write_timeout or REPLY_TIMEOUT_S, **kwargs)

    def dispatch_method(self, method_sig: tuple[int, int], payload: bytes, content: Passed) -> Passed:
        """Handle what the server says (mirrors ``AbstractChannel.dispatch_method``); py-amqp drops the reason."""
        if method_sig == spec.Connection.Blocked:
            (self.blocked,), _ = loads("s", payload, 4)
            _ALARMS.notice(self)
            WORKER.blocked(str(self.blocked))
        elif method_sig == spec.Connection.Unblocked:
            self.blocked = None
            _ALARMS.over(self)
            WORKER.taken()
        return super().dispatch_method(method_sig, payload, content)

    def drain_events(self, timeout: Passed = None) -> Passed:
        """Read until a message is complete (mirrors ``amqp.Connection.drain_events``).

        Each part of a message starts the timeout again; with py-amqp, each heartbeat does so too.
        """
        if not timeout:
            return super().drain_events(timeout)
        until = timeout if isinstance(timeout, Until) else Until(timeout)
        while True:
            with self.transport.having_timeout(until.left_s()):
                frame = self.transport.read_frame()
            if self.on_inbound_frame(frame):
                return None
            if frame[0] != _HEARTBEAT:
                until.renew()

    def close(self, *args: Passed, **kwargs: Passed) -> Passed:
        """Close it (mirrors ``amqp.Connection.close``). A blocked server would not read that."""
        if self.blocked is None:
            return super().close(*args, **kwargs)
        return self.collect()


class Transport(pyamqp.Transport):
    """``amqp://``, chosen by ``connection.Connection``."""

    Connection = Connection


class TlsTransport(pyamqp.SSLTransport):
    """``amqps://``."""

    Connection = Connection


TRANSPORTS: dict[type, type] = {pyamqp.Transport: Transport, pyamqp.SSLTransport: TlsTransport}


def try_to_send(connection: BrokerConnection, within_s: float) -> None:
    """Send a message that no queue gets.

    Raises:
        BrokerBlockedError: the broker takes no messages. It delivers, and reads acknowledgements.
        kombu.exceptions.OperationalError: the broker is away or silent.
        amqp.exceptions.ConnectionError: the connection is lost.
    """
    connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, errback=give_up_if_silent)
    with suppress(ChannelError), connection.channel() as channel:  # this user may not, but the broker answers
        nothing = channel.prepare_message(b"")
        channel.basic_publish_confirm(nothing, exchange="", routing_key=_NO_QUEUE, confirm_timeout=within_s)


def give_up_if_silent(error: Exception, _pause_s: float) -> None:
    """Raise the error of a broker that does not answer: the next attempt of a client would take as long.

    For kombu's retry policy (``errback``).
    """
    if isinstance(error, TimeoutError):
        raise TimeoutError(str(error) or "the broker has not answered in time") from error


def _blocked_text(reason: str) -> str:
    return f"the broker takes no messages for now: {reason}"


def _given_up(connection: Passed, *, is_closing: bool, has_limit: bool = False) -> Exception:
    """Close a connection whose server did not reply in time, and return the error to raise.

    The next reply would be taken for that of another command.
    """
    reason = connection.blocked
    connection.collect()
    if reason is not None and not is_closing:
        return BrokerBlockedError(_blocked_text(reason))
    text = "the broker has not answered in time"
    is_final = has_limit or not WORKER.is_here
    return SilentBrokerError(text) if is_final and not is_closing else RecoverableConnectionError(text)
