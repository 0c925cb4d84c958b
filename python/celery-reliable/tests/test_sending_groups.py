"""A client sends the tasks of a group without waiting for the server's answer to each."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, chord, group, signals
from conftest import Server, client_app
from kombu.exceptions import EncodeError, OperationalError
from proxy import Proxy
from redis import Redis
from redis.connection import AbstractConnection

from celery_reliable import install, unconfirmed

TASKS = 50


@pytest.fixture
def sender(server: Server) -> Iterator[Celery]:
    app = client_app(server.url)
    install(app)
    yield app
    app.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are read at the end only, however slow the machine is."""
    monkeypatch.setattr(unconfirmed, "LONGEST_S", 60.0)


@pytest.fixture
def conversation(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is sent to the server, and when an answer is read."""
    said: list[str] = []
    send: Any = AbstractConnection.send_command
    read: Any = AbstractConnection.read_response

    def noted_send(connection: Any, *args: Any, **options: Any) -> Any:
        said.append(str(args[0]))
        return send(connection, *args, **options)

    def noted_read(connection: Any, *args: Any, **options: Any) -> Any:
        said.append("answer")
        return read(connection, *args, **options)

    monkeypatch.setattr(AbstractConnection, "send_command", noted_send)
    monkeypatch.setattr(AbstractConnection, "read_response", noted_read)
    return said


def tasks_of(app: Celery, *queues: str) -> list[Any]:
    """Tasks with numbers as arguments, for these queues in turn."""
    names = queues or ("jobs",)
    return [app.signature("any", (number,), queue=names[number % len(names)]) for number in range(TASKS)]


def numbers(redis: Redis, queue: str = "jobs") -> list[int]:
    """The arguments of the messages in a list, the oldest first."""
    texts: Any = redis.lrange(queue, 0, -1)
    return [int(json.loads(text)["headers"]["argsrepr"].strip("(,)")) for text in reversed(texts)]


@pytest.mark.usefixtures("patient")
def test_the_tasks_of_a_group_are_sent_one_after_another_and_confirmed_together(
    sender: Celery, redis: Redis, conversation: list[str]
) -> None:
    group(tasks_of(sender)).apply_async()  # connects and declares
    redis.flushdb()
    conversation.clear()

    results: Any = group(tasks_of(sender)).apply_async()

    # The first one waits: Celery may send it alone.
    assert conversation == ["LPUSH", "answer", *["LPUSH"] * (TASKS - 1), *["answer"] * (TASKS - 1)]
    assert numbers(redis) == list(range(TASKS))
    assert len({each.id for each in results}) == TASKS


def test_many_are_confirmed_in_between(
    sender: Celery, redis: Redis, conversation: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unconfirmed, "MOST_MESSAGES", 10)
    group(tasks_of(sender)).apply_async()
    redis.flushdb()
    conversation.clear()

    group(tasks_of(sender)).apply_async()

    assert max(len(run) for run in " ".join(conversation).split("answer")) <= 10 * len("LPUSH ") + 1
    assert numbers(redis) == list(range(TASKS))


def test_the_tasks_of_a_group_go_to_their_queues(sender: Celery, redis: Redis) -> None:
    group(tasks_of(sender, "a", "b")).apply_async(priority=3)

    assert numbers(redis, "a\x06\x163") == list(range(0, TASKS, 2))
    assert numbers(redis, "b\x06\x163") == list(range(1, TASKS, 2))


def test_the_tasks_of_a_group_have_the_prefix_of_the_keys(server: Server, redis: Redis) -> None:
    app = client_app(server.url, broker_transport_options={"global_keyprefix": "p:"})
    install(app)

    group(tasks_of(app)).apply_async()

    app.close()
    assert numbers(redis, "p:jobs") == list(range(TASKS))


def test_a_producer_of_the_callers_own_may_send_a_group(sender: Celery, redis: Redis) -> None:
    with sender.producer_pool.acquire(block=True) as producer:
        group(tasks_of(sender)).apply_async(producer=producer)
        sender.send_task("any", (TASKS,), producer=producer)
        assert numbers(redis) == list(range(TASKS + 1))


@pytest.mark.usefixtures("patient")
def test_an_error_that_closes_the_connection_loses_none_of_those_before_it(sender: Celery, redis: Redis) -> None:
    redis.set("bad", "text")
    tasks = tasks_of(sender)
    tasks[20].set(queue="bad")  # it cannot be declared

    with pytest.raises(EncodeError, match=r"can never be sent: .*WRONGTYPE"):
        group(tasks).apply_async()

    assert numbers(redis) == list(range(20))


def test_a_chord_is_sent(sender: Celery, redis: Redis) -> None:
    chord(tasks_of(sender), sender.signature("body")).apply_async()

    assert numbers(redis) == list(range(TASKS))


def test_a_receiver_of_after_task_publish_finds_the_message_on_the_server(sender: Celery, redis: Redis) -> None:
    found: list[int] = []

    def look(**_: Any) -> None:
        found.append(int(redis.llen("jobs")))

    signals.after_task_publish.connect(look)
    group(tasks_of(sender)).apply_async()
    signals.after_task_publish.disconnect(look)

    assert found == list(range(1, TASKS + 1))


@pytest.mark.usefixtures("patient")
def test_messages_of_a_lost_connection_are_sent_again(server: Server, redis: Redis) -> None:
    proxy = Proxy(server.port)
    app = client_app(proxy.url)
    install(app)
    app.send_task("any", (0,), queue="other")

    proxy.cut_after(b'"argsrepr": "(30,)"')
    group(tasks_of(app)).apply_async()

    app.close()
    proxy.close()
    assert proxy.cuts == 1
    # Those whose answer was lost are there twice.
    assert set(numbers(redis)) == set(range(TASKS))


def test_what_cannot_be_sent_is_an_error_and_those_before_it_are_sent(sender: Celery, redis: Redis) -> None:
    tasks = tasks_of(sender)
    tasks[20].args = (object(),)

    with pytest.raises(EncodeError):
        group(tasks).apply_async()

    assert numbers(redis) == list(range(20))


@pytest.mark.usefixtures("patient")
def test_a_key_that_is_no_list_is_an_error_and_others_are_sent(sender: Celery, redis: Redis) -> None:
    group(tasks_of(sender, "good", "bad")).apply_async()  # declares both
    redis.delete("good", "bad")
    redis.set("bad", "text")

    with pytest.raises(EncodeError, match=r"can never be sent: .*WRONGTYPE"):
        group(tasks_of(sender, "good", "bad")).apply_async()

    assert numbers(redis, "good") == list(range(0, TASKS, 2))
    redis.delete("good", "bad")
    group(tasks_of(sender, "good", "bad")).apply_async()  # the connection is in step
    assert numbers(redis, "bad") == list(range(1, TASKS, 2))


def test_a_server_that_is_gone_is_an_error(server: Server) -> None:
    app = client_app(server.url, task_publish_retry_policy={"max_retries": 1, "interval_start": 0})
    install(app)
    group(tasks_of(app)).apply_async()
    server.stop()

    with pytest.raises(OperationalError):
        group(tasks_of(app)).apply_async()
    app.close()


def test_kombus_own_batch_is_checked_and_sent(sender: Celery, redis: Redis) -> None:
    producers: Any = sender.producer_pool
    with producers.acquire(block=True) as producer, producer.batch():
        group(tasks_of(sender)).apply_async(producer=producer)
        assert redis.llen("jobs") == 0

    assert numbers(redis) == list(range(TASKS))
