"""Fails the tasks of a chord's body, if the body is more than one task.

Stock Celery fails only the body as a whole (``Backend.chord_error_from_stack``): it calls no errbacks of a chain's
tasks, and none at all of a chord. Here the tasks fail as if they had been sent and the first ones had failed.
"""

import sys
from collections.abc import Callable, Iterator

from celery import chord, group
from celery.canvas import _chain, maybe_signature
from celery.exceptions import ChordError
from kombu.utils.functional import maybe_list

from celery_reliable.errbacks import WithErrbacks
from celery_reliable.types import App, Passed, Signature


class WithDownstream(WithErrbacks):
    """A result backend that calls the errbacks of a failed chord, wherever in its body they are linked."""

    # Celery's own, which its types do not mention.
    _fail_chain: Callable[..., None]

    def chord_error_from_stack(self, callback: Signature, exc: Passed = None) -> Passed:
        """Fail the body of a chord that has failed (mirrors ``Backend.chord_error_from_stack``)."""
        exc = sys.exc_info()[1] if exc is None else exc
        if (body := _chord_body(callback, self.app)) is not None:
            self.chord_error_from_stack(_header_of(callback, body, self.app), exc)
            failed = self.chord_error_from_stack(body, exc)
            self._fail_chain(callback.options.get("chain"), exc)
            return failed
        failed = super().chord_error_from_stack(callback, exc)
        for step in _first_steps(callback, self.app):
            self.chord_error_from_stack(step, _cause_of(exc) if isinstance(callback, group) else exc)
        return failed


def _chord_body(callback: Signature, app: App) -> Signature | None:
    """Return the body of a callback that is a chord, with the chord's errbacks; None for any other."""
    if not isinstance(callback, chord) or callback.body is None:
        return None
    body: Signature = maybe_signature(callback.body, app=app, clone=True)
    for errback in _errbacks(callback):
        body.link_error(errback)
    return body


def _header_of(callback: Signature, body: Signature, app: App) -> Signature:
    """Return the tasks of a chord that was not sent, as a group, whose parts are not counted.

    Each errback of the chord's tasks and of its body is kept on one of them only.
    """
    header = callback.tasks  # a list, or a group, if it was prepared as a step of a chain
    members = header["kwargs"]["tasks"] if isinstance(header, dict) else header
    tasks: list[Signature] = [maybe_signature(task, app=app, clone=True) for task in members]
    called = _errbacks_of_result(body)
    for task in tasks:
        _forget_chord(task)
        own = _errbacks_of_result(task)
        for part in _parts_of_result(task):
            part["options"].pop("link_error", None)
        task.options["link_error"] = [errback for errback in own if errback not in called]
        called += own
    return group([task for task in tasks if task.id], app=app)


def _first_steps(callback: Signature, app: App) -> Iterator[Signature]:
    """Yield what would have run first of a chain, or of the chains of a group, with what would have come after it."""
    if isinstance(callback, group):
        for task in callback.tasks:
            yield from _first_steps(_result(task, app), app)
    elif isinstance(callback, _chain) and callback.tasks:
        yield _first_step(callback, app)


def _cause_of(exc: BaseException | None) -> BaseException | None:
    """Return what the tasks of a group fail with, as in Celery: with what made the part fail."""
    return (exc.__cause__ if isinstance(exc, ChordError) else None) or exc


def _result(task: Signature, app: App) -> Signature:
    """Return the signature whose result is that of ``task``: the body of a chord."""
    task = maybe_signature(task, app=app)
    while isinstance(task, chord) and task.body is not None:
        task = maybe_signature(task.body, app=app)
    return task


def _errbacks(task: Signature) -> list[Signature]:
    return list(maybe_list(task.options.get("link_error")) or ())


def _errbacks_of_result(task: Signature) -> list[Signature]:
    """Return the errbacks that Celery calls if a task fails in a group (mirrors ``celery.backends.base``)."""
    linked = [part["options"].get("link_error") for part in _parts_of_result(task)]
    return [errback for errbacks in linked for errback in maybe_list(errbacks) or ()]


def _parts_of_result(task: Signature) -> Iterator[Signature]:
    """Yield a task; for a chord also its body, and for a group its members."""
    yield task
    kwargs = task["kwargs"]
    members = {"group": kwargs.get("tasks"), "chord": [kwargs.get("body")]}.get(task.get("subtask_type") or "")
    for member in members or ():
        if member is not None:
            yield from _parts_of_result(member)


def _forget_chord(task: Signature) -> None:
    task["options"].pop("chord", None)
    kwargs = task["kwargs"]
    for member in (*(kwargs.get("tasks") or ()), kwargs.get("body")) if task.get("subtask_type") else ():
        if member is not None:
            _forget_chord(member)


def _first_step(chain: Signature, app: App) -> Signature:
    options = chain.options
    place = {name: options.get(name) for name in ("root_id", "group_id", "group_index")}
    steps, _ = chain.prepare_steps((), {}, chain.tasks, app=app, last_task_id=options.get("task_id"), **place)
    first = steps.pop()
    # The last one has the chain's own id, whose failure is stored already.
    first.options["chain"] = [*(first.options.get("chain") or ()), *steps[1:]]
    return first
