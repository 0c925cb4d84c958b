"""What `test_upstream.py` looks at inside of kombu and redis-py, which carry the messages: function, digest, reason."""

from collections.abc import Callable
from typing import Any

from amqp.abstract_channel import AbstractChannel
from amqp.channel import Channel as AmqpChannel
from celery.canvas import group
from kombu import pidbox, serialization
from kombu.connection import Connection
from kombu.message import Message
from kombu.messaging import Producer
from kombu.transport.redis import Channel, MultiChannelPoller, SentinelChannel, Transport
from kombu.transport.virtual.base import Channel as VirtualChannel
from redis._parsers import BaseParser
from redis.client import Pipeline
from redis.connection import AbstractConnection

Inside = tuple[Callable[..., Any], str, str]

TRANSPORT_INSIDES: dict[str, Inside] = {
    "Producer.publish": (Producer.publish, "62e37898a064", "repeats `_publish`, which sending.py derives"),
    "Producer.maybe_declare": (
        Producer.maybe_declare,
        "c22173904345",
        "ends in a look at what the connection has declared, where sending.py looks first",
    ),
    "group._apply_tasks": (
        group._apply_tasks,  # type: ignore[attr-defined]
        "1809d4b012d2",
        "gives its producer back once all tasks are sent: sending.py reads the last answers then",
    ),
    "Connection.get_transport_cls": (
        Connection.get_transport_cls,
        "ad88ed36b363",
        "is asked for the class of the transport: connection.py returns ours for AMQP",
    ),
    "AbstractChannel.wait": (
        AbstractChannel.wait,
        "df49eeed13f2",
        "waits without a limit: rabbitmq_transport.py gives it one",
    ),
    "AbstractChannel.dispatch_method": (
        AbstractChannel.dispatch_method,
        "429fe59187af",
        "drops the reason of an alarm, which rabbitmq_transport.py reads first",
    ),
    "Channel.basic_publish_confirm": (
        AmqpChannel.basic_publish_confirm,
        "48f891670a9e",
        "takes any confirmation for its own: rabbitmq_transport.py replaces it, and calls `_basic_publish`",
    ),
    "BaseParser.parse_error": (
        BaseParser.parse_error,
        "4d2c22601743",
        "makes an error of a text: refusals.py does it again for what Redis 6.2 has wrapped",
    ),
    "Connection._ensure_connection": (
        Connection._ensure_connection,
        "679406540458",
        "calls `callback` between attempts, by which connection.py ends them",
    ),
    "Transport.register_with_event_loop": (
        Transport.register_with_event_loop,
        "db5029e43e7f",
        "adds every reader in every turn of the loop: transport.py passes on the new ones",
    ),
    "Channel._connparams": (
        Channel._connparams,
        "f184a324f7f8",
        "has the connection's class among its settings, where fanout.py puts one that watches replies",
    ),
    "Channel._put": (
        Channel._put,
        "b37c64660908",
        "is replaced by sending_channel.py, which sends the text that it has checked",
    ),
    "Channel._receive": (
        Channel._receive,
        "6a6a50577b1b",
        "is replaced by fanout.py, which never waits for a message",
    ),
    "Channel._receive_one": (
        Channel._receive_one,
        "b2523c2f6e6e",
        "is replaced by fanout.py, which reads by name and ignores what it cannot deliver",
    ),
    "Channel._subscribe": (Channel._subscribe, "eae252aac8b8", "is replaced by fanout.py, which subscribes by name"),
    "Channel._unsubscribe_from": (
        Channel._unsubscribe_from,
        "c71cce96bde4",
        "is replaced by fanout.py, which unsubscribes by name",
    ),
    "Channel._get_subscribe_topics": (
        Channel._get_subscribe_topics,
        "6324ddeaaf2d",
        "names the channels of a queue, with the prefix: fanout.py reads them",
    ),
    "Channel._handle_message": (
        Channel._handle_message,
        "416d21be6fa2",
        "makes a message of what PubSub has read: fanout.py delivers it",
    ),
    "Channel._deliver_fanout_message": (
        Channel._deliver_fanout_message,
        "d4187f4c61cc",
        "delivers by exchange, for fanout.py",
    ),
    "Channel._delete": (
        Channel._delete,
        "4c39266f65bc",
        "is called when a channel is closed, where fanout.py ignores a server that is away",
    ),
    "SentinelChannel._get_pool": (SentinelChannel._get_pool, "cdcfe938d194", "makes its pool of the same settings"),
    "VirtualChannel._inplace_augment_message": (
        VirtualChannel._inplace_augment_message,
        "07b81c8d0cc9",
        "completes a message just before it is sent: channel.py looks at its limits there",
    ),
    "VirtualChannel.basic_consume": (
        VirtualChannel.basic_consume,
        "7de5ff6da7c1",
        "keeps what delivers a queue's messages in the connection's `_callbacks`, where leaseless.py wraps it",
    ),
    "Channel._brpop_read": (
        Channel._brpop_read,
        "86494f0bf4af",
        "raises what reading a message raises, after it was taken from its list: leaseless.py ignores it",
    ),
    "SerializerRegistry.loads": (
        serialization.SerializerRegistry.loads,
        "44f5f6352abf",
        "uses the codec that a message names for types without a decoder: decompression.py looks at it first",
    ),
    "Message.__init__": (
        Message.__init__,
        "4b15993428f9",
        "decompresses a body by its headers: message.py gives it none if that is done",
    ),
    "Message._decode": (Message._decode, "23953eb3a953", "is the one place where a body is decoded: message.py checks"),
    "MultiChannelPoller.on_poll_start": (
        MultiChannelPoller.on_poll_start,
        "ba837da92143",
        "is replaced by poller.py, which takes by script",
    ),
    "MultiChannelPoller.on_readable": (
        MultiChannelPoller.on_readable,
        "5676d4103767",
        "finds a channel and what it waits for by its socket, where poller.py has entered waiters",
    ),
    "MultiChannelPoller.get": (
        MultiChannelPoller.get,
        "feca795d4df4",
        "calls on_poll_start, and `after_read` at its end: poller.py takes before it",
    ),
    "MultiChannelPoller._register_BRPOP": (
        MultiChannelPoller._register_BRPOP,
        "24866a0b4ac8",
        "sends BRPOP on a connection that poller.py has looked at",
    ),
    "MultiChannelPoller._register_LISTEN": (
        MultiChannelPoller._register_LISTEN,
        "2d09a1801f63",
        "subscribes where `_in_listen` is none: poller.py closes a stale subscription before",
    ),
    "pidbox.Node.handle_message": (
        pidbox.Node.handle_message,
        "70eeb4fd7aec",
        "reads a command's destination and answers by its handlers, which remote_control.py has checked",
    ),
    "pidbox.Node.dispatch": (
        pidbox.Node.dispatch,
        "571a562c8bb3",
        "looks a command up in the handlers, and answers with what it raises",
    ),
    "AbstractConnection.connect_check_health": (
        AbstractConnection.connect_check_health,
        "d98a01c4b7f4",
        "connects where there is no socket: reply_watch.py notes when",
    ),
    "AbstractConnection.send_packed_command": (
        AbstractConnection.send_packed_command,
        "e4b5bc23dac0",
        "is the way of every command, and connects again: reply_watch.py closes a stale one before",
    ),
    "AbstractConnection.read_response": (
        AbstractConnection.read_response,
        "6c2e1dbdfba4",
        "reads one answer, and disconnects on an error unless it is told not to: reply_watch.py counts",
    ),
    "Pipeline._execute_pipeline": (
        Pipeline._execute_pipeline,
        "97d436a36e1f",
        "packs its commands once, by pack_commands, and reads an answer for each: reply_watch.py counts",
    ),
    "Pipeline._execute_transaction": (
        Pipeline._execute_transaction,
        "b4b58bd4f719",
        "the same, and an answer for MULTI, for each QUEUED and for EXEC",
    ),
}
