"""Sends messages; fails at once for one that can never be sent.

kombu and Celery repeat a sending after every connection error, and count ``KeyError`` and every error reply
among them. A worker repeats until the server is back (``persistence.py``), so a callback with an unknown compression
would be tried for weeks. Here a sending is repeated only while a server is away.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import kombu
from kombu.exceptions import EncodeError, OperationalError
from redis.exceptions import DataError, ResponseError

from celery_reliable.intake import is_outage
from celery_reliable.limits import read_limits, too_deep
from celery_reliable.persistence import is_endless
from celery_reliable.refusals import is_passing
from celery_reliable.types import BrokerConnection, Passed


class Producer(kombu.Producer):
    """Mirrors ``kombu.Producer``; chosen by ``AMQP.Producer``."""

    _is_patient = False

    def publish(self, *args: Passed, **kwargs: Passed) -> Passed:
        """Send a message.

        Raises:
            kombu.exceptions.EncodeError: it can never be sent: it is over a limit, its compression is not known here,
                or its queue's key holds something else. Celery fails a task whose callback raises this.
            kombu.exceptions.OperationalError: the server is away, for longer than the retry policy waits.
        """
        self._is_patient = kwargs.get("retry_policy") is not None and is_endless(kwargs["retry_policy"])
        try:
            with _final_errors():
                return super().publish(*args, **kwargs)
        except EncodeError as error:
            if not isinstance(error.__context__, RecursionError):
                raise
            channel: BrokerConnection = self.channel
            raise too_deep(read_limits(channel.connection.client.transport_options)) from error

    def _publish(self, *args: Passed, **kwargs: Passed) -> Passed:
        """Runs inside kombu's retry loop, which ends with the library error of a channel that cannot be opened."""
        with _final_errors():
            try:
                return super()._publish(*args, **kwargs)
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
