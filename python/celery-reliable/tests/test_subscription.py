"""The worker's loop never waits for a message of a subscription, which may not have arrived, or only in part."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from celery import Celery
from conftest import Server
from kombu import Exchange, Queue

import celery_reliable

SOON_S = 5
NEWS = Exchange("news", type="fanout")


@pytest.fixture
def channel(server: Server) -> Iterator[Any]:
    """A channel that listens to a fanout exchange, with nothing left to read."""
    app = Celery("subscription", broker=server.url, backend=server.url)
    celery_reliable.install(app)
    with app.connection_for_read() as connection:
        listening = connection.default_channel
        Queue("mine", NEWS, channel=listening).declare()
        listening.basic_consume("mine", no_ack=True, callback=print, consumer_tag="1")
        _ = listening.subclient.connection or listening.connection.cycle._register_LISTEN(listening)
        while listening.subclient.connection.can_read(1):
            listening._receive()
        yield listening


def received(channel: Any) -> bool:
    """Read as the loop does when the socket is readable; fails if that takes long."""
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(channel._receive)
        try:
            return bool(reading.result(SOON_S))
        finally:
            if not reading.done():
                channel.subclient.connection.disconnect()


def test_an_event_without_a_message_does_not_stop_the_loop(channel: Any) -> None:
    assert received(channel) is False


def test_a_part_of_a_message_waits_for_the_rest(channel: Any) -> None:
    reader = channel.subclient.connection._parser._reader
    whole = b">3\r\n$7\r\nmessage\r\n$7\r\n/0.news\r\n$2\r\n{}\r\n"

    reader.feed(whole[:20])
    assert received(channel) is False
    reader.feed(whole[20:])
    received(channel)

    assert not reader.has_data()
