"""``celery dead``: the commands for dead letters. celery-js has the same as ``celery-js dead``, word for word."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from celery_reliable import dead_letter_text as text
from celery_reliable.dead_letter_selection import (
    CommandError,
    Filter,
    WrongUsageError,
    check_ids,
    filter_of,
    find_letter,
    newest_first,
    open_dead_letters,
)
from celery_reliable.dead_letters import DeadLetter, DeadLetterStore
from celery_reliable.types import Settings

DEFAULT_LIMIT = 50

F = TypeVar("F", bound=Callable[..., object])


def _with(*options: Callable[[F], F]) -> Callable[[F], F]:
    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


_queue = click.option("-Q", "--queue", metavar="NAMES", help="Only these queues, separated by commas.")
_reason = click.option("--reason", metavar="REASON", help="Only dead letters with this reason.")
_task = click.option("--task", metavar="NAME", help="Only dead letters of this task.")
_everything = click.option("--all", "everything", is_flag=True, help="All of them.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_ids = click.argument("ids", metavar="[ID]...", nargs=-1)


@click.group(name="dead")
def dead() -> None:
    """Look at dead letters, run them again, or delete them."""


@dead.command(name="list")
@_with(_queue, _reason, _task)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=DEFAULT_LIMIT,
    metavar="COUNT",
    help=f"List at most this many; 0: all. Default: {DEFAULT_LIMIT}.",
)
@_json
@click.pass_context
def list_(
    ctx: click.Context, queue: str | None, reason: str | None, task: str | None, limit: int, as_json: bool
) -> None:
    """List dead letters, newest first."""
    fits = filter_of(reason, task)
    shown: list[Settings] = []
    is_all = True
    with open_dead_letters(ctx, queue) as (store, queues):
        for letter in filter(fits, newest_first(store, queues)):
            is_all = not limit or len(shown) < limit
            if not is_all:
                break
            shown.append(text.summary(letter))  # not the message: there may be ten thousand
    if as_json:
        click.echo(json.dumps(shown, indent=2))
        return
    if not shown:
        click.echo("No dead letters.")
        return
    headings, *lines = text.table(shown)
    ctx.obj.echo("\n".join([ctx.obj.style(headings, bold=True), *lines]))
    if not is_all:
        click.echo(f"Only the newest {limit}: --limit 0 lists all.", err=True)


@dead.command
@click.argument("letter_id", metavar="ID")
@_with(_queue, _json)
@click.pass_context
def show(ctx: click.Context, letter_id: str, queue: str | None, as_json: bool) -> None:
    """Show one dead letter and its message.

    ID may be abbreviated.
    """
    check_ids([letter_id])
    with open_dead_letters(ctx, queue) as (store, queues):
        letter = find_letter(store, queues, letter_id)
    if as_json:
        click.echo(json.dumps(text.summary(letter) | text.message(letter), indent=2))
        return
    ctx.obj.echo(
        "\n".join([*text.details(letter), "", ctx.obj.style("message", bold=True), text.printable(letter.raw)])
    )


@dead.command
@_ids
@_with(_queue, _reason, _task)
@_everything
@click.option(
    "--force", is_flag=True, help="Also put back messages that no worker can read. They become dead letters again."
)
@_json
@click.pass_context
def retry(
    ctx: click.Context,
    ids: Sequence[str],
    queue: str | None,
    reason: str | None,
    task: str | None,
    everything: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Put dead letters back into their queues, to be run again.

    Give one or more IDs (which may be abbreviated), or --task, --reason or --all.
    """
    check_ids(ids)
    is_filtered = task is not None or reason is not None
    if (is_filtered or everything) if ids else not (is_filtered or everything):
        raise WrongUsageError("retry takes one or more IDs, or --task, --reason or --all.")
    refused = 0

    def put_back(letters: Sequence[DeadLetter]) -> tuple[int, int]:
        nonlocal refused
        retried = [letter for letter in letters if letter.is_readable or force]
        refused += len(letters) - len(retried)
        return store.retry(retried), len(retried)

    with open_dead_letters(ctx, queue) as (store, queues):
        counts = _each(store, queues, ids, put_back) if ids else _all(store, queues, filter_of(reason, task), put_back)
    if as_json:
        click.echo(json.dumps({"retried": counts, "refused": refused}, indent=2))
    elif counts:
        click.echo(f"{text.letters(sum(counts.values()))} put back: {text.per_queue(counts, 'into')}.")
    elif not refused:
        click.echo("No dead letters.")
    if refused:
        raise CommandError(
            f"{text.letters(refused)} not put back: unreadable for all workers. --force puts back unreadable ones too."
        )


@dead.command
@_ids
@_with(_queue, _reason, _task)
@click.option("--older-than", metavar="AGE", help="Only dead letters older than this: 90s, 30m, 12h, 7d.")
@_everything
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@_json
@click.pass_context
def purge(
    ctx: click.Context,
    ids: Sequence[str],
    queue: str | None,
    reason: str | None,
    task: str | None,
    older_than: str | None,
    everything: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Delete dead letters for good.

    Give one or more IDs (which may be abbreviated), or --task, --reason, --older-than or --all.
    """
    check_ids(ids)
    fits = _older(filter_of(reason, task), older_than)
    is_limited = any(value is not None for value in (reason, task, older_than))
    if (is_limited or everything) if ids else not (is_limited or everything):
        raise WrongUsageError("purge takes one or more IDs, or --task, --reason, --older-than or --all.")
    if not yes and not sys.stdin.isatty():
        raise WrongUsageError("purge deletes for good: confirm with --yes.")

    def delete(letters: Sequence[DeadLetter]) -> tuple[int, int]:
        return store.delete(letters), len(letters)

    with open_dead_letters(ctx, queue) as (store, queues):
        if queues and not yes and not click.confirm(_question(ids, is_limited, queues)):
            click.echo("Nothing was deleted.", err=True)
            ctx.exit(1)
        counts = _each(store, queues, ids, delete) if ids else _all(store, queues, fits, delete)
    if as_json:
        click.echo(json.dumps({"purged": counts}, indent=2))
    elif counts:
        click.echo(f"{text.letters(sum(counts.values()))} deleted: {text.per_queue(counts, 'from')}.")
    else:
        click.echo("No dead letters.")


#: Acts on letters of one queue; returns how many it acted on, and how many of them are no longer there.
Act = Callable[[Sequence[DeadLetter]], tuple[int, int]]


def _each(store: DeadLetterStore, queues: Sequence[str], ids: Sequence[str], act: Act) -> dict[str, int]:
    """Act on letters by their ids; all are looked up first, so a wrong id changes nothing."""
    counts: Counter[str] = Counter()
    for letter in [find_letter(store, queues, letter_id) for letter_id in ids]:
        counts[letter.queue] += act([letter])[0]
    return {queue: count for queue, count in counts.items() if count}


def _all(store: DeadLetterStore, queues: Sequence[str], fits: Filter, act: Act) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for queue in queues:

        def on_page(page: list[DeadLetter], queue: str = queue) -> int:
            done, gone = act(list(filter(fits, page)))
            counts[queue] += done
            return len(page) - gone

        store.each_page(queue, on_page)
    return {queue: count for queue, count in counts.items() if count}


def _older(fits: Filter, older_than: str | None) -> Filter:
    if older_than is None:
        return fits
    seconds = text.parse_age(older_than)
    if seconds is None:
        raise WrongUsageError(f"--older-than {older_than}: expected an age such as 90s, 30m, 12h or 7d.")
    before = (time.time() - seconds) * 1000
    return lambda letter: fits(letter) and letter.time is not None and letter.time < before


def _question(ids: Sequence[str], is_limited: bool, queues: Sequence[str]) -> str:
    if ids:
        return f"This deletes {text.letters(len(ids))} for good. Continue?"
    which = "the matching dead letters" if is_limited else "all dead letters"
    return f"This deletes {which} of {', '.join(queues)} for good. Continue?"
