"""Sends messages; fails at once for one that can never be sent.

kombu and Celery repeat a sending after every connection error, and count ``KeyError`` and every error reply
among them. A worker repeats until the server is back (``persistence.py``), so a callback with an unknown compression
would be tried for weeks. Here a sending is repeated only while a server is away.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import kombu
from celery import signals
from kombu.exceptions import EncodeError, OperationalError
from redis.exceptions import DataError, ResponseError

from celery_reliable.intake import is_outage
from celery_reliable.limits import read_limits, too_deep
from celery_reliable.persistence import is_endless
from celery_reliable.refusals import is_passing
from celery_reliable.sending_channel import NoQueueError, SendingChannel
from celery_reliable.types import BrokerConnection, Channel, Passed, Settings
from celery_reliable.unconfirmed import Unconfirmed


class Producer(kombu.Producer):
    """Mirrors ``kombu.Producer``; chosen by ``AMQP.Producer``.

    Celery sends the tasks of a group one by one, between taking a producer from its pool and giving it back. All but
    the first are sent without waiting for the server's answer. It is read some milliseconds later together with others,
    at the latest when the producer is given back. (Measured with a group of 5,000 tasks on a busy machine: with the
    changes in ``maybe_declare`` and ``SendingChannel._put``, the sender needs 435 us of CPU time for a task, and needed
    794; stock Celery needs 1,177.)
    """

    _is_patient = False
    # Between ``with`` and its end, which reads the answers that are left.
    _has_end = False
    # The group and the retry policy of the last message.
    _last: tuple[object, Settings | None] = (None, None)
    _waits = True
    # The queues that the last message needs.
    _declared: tuple[Passed, ...] = ()

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        self._unconfirmed = Unconfirmed()
        super().__init__(*args, **kwargs)

    def __enter__(self) -> Passed:
        self._has_end, self._last = True, (None, None)
        return super().__enter__()

    def __exit__(self, *error: Passed) -> None:
        self._has_end = False
        try:
            self._confirm()
        except BaseException as failure:
            super().__exit__(type(failure), failure, failure.__traceback__)
            raise
        super().__exit__(*error)

    def publish(self, *args: Passed, **kwargs: Passed) -> Passed:
        """Send a message.

        Raises:
            kombu.exceptions.EncodeError: it can never be sent: it is over a limit, its compression is not known here,
                or its queue's key holds something else. Celery fails a task whose callback raises this.
            kombu.exceptions.OperationalError: the server is away, for longer than the retry policy waits.
        """
        group = (kwargs.get("headers") or {}).get("group")
        policy = kwargs.get("retry_policy") if kwargs.get("retry") else None
        self._waits = self._last != (group, policy) or not self._may_go_on(group, policy)
        if self._waits:
            self._confirm()
        self._last = group, policy
        self._declared = tuple(kwargs.get("declare") or ())
        self._is_patient = kwargs.get("retry_policy") is not None and is_endless(kwargs["retry_policy"])
        try:
            with _final_errors():
                published = super().publish(*args, **kwargs)
        except EncodeError as error:
            if not isinstance(error.__context__, RecursionError):
                raise
            channel: BrokerConnection = self.channel
            raise too_deep(read_limits(channel.connection.client.transport_options)) from error
        except BaseException:
            self._unconfirmed.clear()
            raise
        if self._unconfirmed.is_due:
            self._confirm()
        return published

    def _may_go_on(self, group: object, policy: Settings | None) -> bool:
        """Whether a message of this group may be confirmed later: nothing is to happen once the server has it."""
        is_watched = signals.after_task_publish.receivers or signals.task_sent.receivers
        return self._has_end and group is not None and policy is not None and not is_watched

    def _confirm(self) -> None:
        """Wait until the server has all messages. Raises as ``publish``."""
        if not self._unconfirmed:
            return
        connection: BrokerConnection = self.connection
        _, policy = self._last
        try:
            with _final_errors():
                connection.ensure(self, self._confirm_once, **(policy or {}))()
        finally:
            self._unconfirmed.clear()

    def _confirm_once(self) -> None:
        with self._errors_of_retries():
            channel: Channel = self.channel
            channel.confirm(self._unconfirmed)

    def maybe_declare(self, entity: Passed, retry: bool = False, **retry_policy: Passed) -> Passed:
        """Declare a queue if it is new (mirrors ``kombu.Producer.maybe_declare``).

        kombu copies the queue's object for each message before it looks. (Measured: 1 us of
        CPU time for a message instead of 28.)
        """
        declared = getattr(self.connection, "declared_entities", ())
        if entity and entity.can_cache_declaration and hash(entity) in declared:
            return False
        if self._unconfirmed:  # an error would close the connection before their answers are read
            self._confirm_once()
        return super().maybe_declare(entity, retry, **retry_policy)

    def _publish(self, *args: Passed, **kwargs: Passed) -> Passed:
        try:
            return self._publish_once(*args, **kwargs)
        except NoQueueError:
            channel: Channel = self.channel
            if not self._declared:
                raise
            channel.forget_declared(self._declared)
            return self._publish_once(*args, **kwargs)

    def _publish_once(self, *args: Passed, **kwargs: Passed) -> Passed:
        with self._errors_of_retries():
            channel = self.channel
            if self._waits or not isinstance(channel, SendingChannel):
                return super()._publish(*args, **kwargs)
            with channel.without_waiting(self._unconfirmed):
                return super()._publish(*args, **kwargs)

    @contextmanager
    def _errors_of_retries(self) -> Iterator[None]:
        """For use inside kombu's retry loop, which ends with the library error of a channel that cannot be opened."""
        with _final_errors():
            try:
                yield
            except OperationalError as error:
                if self._is_patient and error.__cause__ is not None:
                    raise error.__cause__ from None
                raise


@contextmanager
def _final_errors() -> Iterator[None]:
    try:
        yield
    except (KeyError, DataError, ResponseError, OperationalError) as error:
        # Where kombu declares a queue, it wraps the server's answer: `maybe_declare` repeats by itself.
        answer = error.__cause__ if isinstance(error, OperationalError) else error
        if not isinstance(answer, (KeyError, DataError, ResponseError)) or is_outage(answer) or is_passing(answer):
            raise
        raise EncodeError(f"the message can never be sent: {type(answer).__name__}: {answer}") from error
