"""Selects the dead letters of a command: by queue, task, reason or id."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import merge

import click
from amqp.exceptions import AMQPError
from celery.exceptions import ImproperlyConfigured
from kombu.exceptions import OperationalError
from kombu.transport.redis import Channel
from redis import Redis
from redis.exceptions import RedisError

from celery_reliable.dead_letters import DeadLetter, DeadLetters, DeadLetterStore
from celery_reliable.keys import Keys
from celery_reliable.rabbitmq_dead_letters import QueuesUnknownError, RabbitDeadLetters
from celery_reliable.types import App, Passed

# The most ids that an error lists for an ambiguous abbreviation.
SHOWN_IDS = 5

Filter = Callable[[DeadLetter], bool]


class CommandError(click.ClickException):
    """Raised when a command cannot do its work; its message is the one line that the user reads."""


class WrongUsageError(CommandError):
    """Raised when a command was called in a wrong way."""

    exit_code = 2


@contextmanager
def open_dead_letters(ctx: click.Context, queue: str | None) -> Iterator[tuple[DeadLetterStore, list[str]]]:
    """Open the dead letters of the app's broker.

    Yields them and the command's queues: the named ones, else all in the app's settings, else, without an
    app, all that have dead letters.

    Raises:
        CommandError: the broker cannot be reached, refuses, or is another kind.
        WrongUsageError: ``queue`` is not a list of names.
    """
    app = ctx.obj.app
    names = None if queue is None else _names_of(queue)
    has_app = ctx.find_root().params.get("app") is not None
    connection = app.connection_for_write()
    url = connection.as_uri()
    try:
        with connection:
            if connection.transport.driver_type == "amqp":
                connection.ensure_connection(max_retries=1)
                letters = RabbitDeadLetters(connection)
                yield letters, names or (queues_of(app) if has_app else letters.queues())
                return
            if not issubclass(getattr(connection.transport, "Channel", object), Channel):
                raise CommandError(f"{url}: only Redis, Valkey and RabbitMQ keep dead letters.")
            channel = connection.default_channel
            keys = Keys(prefix=channel.global_keyprefix, steps=tuple(channel.priority_steps))
            # kombu's own client would put the prefix before keys that have it.
            with Redis(connection_pool=channel._get_pool()) as client:
                store = DeadLetters(client, keys)
                yield store, names or (queues_of(app) if has_app else store.queues())
    except (OperationalError, RedisError, AMQPError, QueuesUnknownError, OSError) as error:
        raise CommandError(f"{url}: {error}") from error
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error


def queues_of(app: App) -> list[str]:
    """Return every queue that an app's settings name: its own, and those of its routes."""
    routes = app.conf.task_routes or ()
    maps = [table for table in (routes if isinstance(routes, (list, tuple)) else [routes]) if isinstance(table, dict)]
    routed = [route["queue"] if isinstance(route, dict) else route for table in maps for route in _routes_of(table)]
    names = [str(getattr(queue, "name", queue)) for queue in routed if queue]
    return sorted({*app.amqp.queues.keys(), *names})


def filter_of(reason: str | None, task: str | None) -> Filter:
    """Return the test that a letter must pass."""
    return lambda letter: (reason is None or letter.reason == reason) and (task is None or letter.task == task)


def newest_first(store: DeadLetterStore, queues: Sequence[str]) -> Iterator[DeadLetter]:
    """Yield the letters of all queues."""
    return merge(*(store.newest_first(queue) for queue in queues), key=lambda letter: -(letter.time or 0))


def find_letter(store: DeadLetterStore, queues: Sequence[str], letter_id: str) -> DeadLetter:
    """Return the newest letter with exactly this id, else the only one whose id starts with it.

    Raises:
        CommandError: there is none, or more than one.
    """
    found: dict[str, DeadLetter] = {}
    for letter in newest_first(store, queues):
        if letter.id == letter_id:
            return letter
        if letter.id.startswith(letter_id):
            found.setdefault(letter.id, letter)
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise CommandError(f"No dead letter has an id that begins with '{letter_id}'.")
    ids = ", ".join(list(found)[:SHOWN_IDS])
    more = ", ..." if len(found) > SHOWN_IDS else ""
    raise CommandError(f"'{letter_id}' matches {len(found)} dead letters: {ids}{more}.")


def check_ids(ids: Sequence[str]) -> None:
    """Raise WrongUsageError for an empty id, which would match all of them."""
    if "" in ids:
        raise WrongUsageError("An id cannot be empty.")


def _routes_of(table: dict[Passed, Passed]) -> list[Passed]:
    return [route for route in table.values() if isinstance(route, str) or "queue" in route]


def _names_of(queue: str) -> list[str]:
    names = [name.strip() for name in queue.split(",")]
    if "" in names:
        raise WrongUsageError(f"'{queue}': expected names of queues, separated by commas.")
    return sorted(set(names))
