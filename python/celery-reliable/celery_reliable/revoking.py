"""The control commands that revoke tasks, with ``revoked_states.py`` and ``revoked_stamps.py`` behind them."""

import logging
from collections.abc import Callable

from celery.platforms import signals
from celery.utils.functional import maybe_list
from celery.worker import control
from celery.worker import state as worker_state
from celery.worker.control import ok

from celery_reliable.revoked_stamps import bound_revoked_stamps
from celery_reliable.revoked_states import RevokedStates
from celery_reliable.types import Json, Passed

logger = logging.getLogger(__name__)

# How much of the ids a line shows.
_SHOWN_CHARACTERS = 1_000
_states = RevokedStates()


def revoke(state: Passed, task_id: Json, terminate: bool = False, signal: Json = None, **_: Passed) -> Passed:
    """Revoke tasks (``celery.worker.control.revoke``): their ids count at once, their states follow."""
    signum = signals.signum(signal or "TERM") if terminate else None  # raises before anything is revoked
    ids = list(dict.fromkeys(maybe_list(task_id) or []))
    worker_state.revoked.update(ids)
    known = {id_: request for id_ in ids if (request := worker_state.requests.get(id_)) is not None}
    active = {id_ for id_, request in known.items() if request in worker_state.active_requests}
    _states.store(
        [(id_, known[id_].task.backend if id_ in known else state.app.backend) for id_ in ids if id_ not in active]
    )
    if terminate:
        return _terminate(state, known, signum)
    logger.info("Tasks flagged as revoked: %.*s", _SHOWN_CHARACTERS, ", ".join(ids))
    return ok(f"tasks {set(ids)} flagged as revoked")


def terminate(state: Passed, signal: Json, task_id: Json, **_: Passed) -> Passed:
    """Revoke tasks, and end those that run (``celery.worker.control.terminate``)."""
    return revoke(state, task_id, terminate=True, signal=signal)


def revoke_by_stamped_headers(state: Passed, headers: Json, *args: Passed, **kwargs: Passed) -> Passed:
    """Revoke tasks with these stamps (``celery.worker.control.revoke_by_stamped_headers``)."""
    try:
        return control.revoke_by_stamped_headers(state, headers, *args, **kwargs)
    finally:
        bound_revoked_stamps([name.split("=")[0] if isinstance(headers, list) else name for name in headers])


def _terminate(state: Passed, known: dict[str, Passed], signum: int | None) -> Passed:
    for id_, request in known.items():
        logger.info("Terminating %s (%s)", id_, signum)
        request.terminate(state.consumer.pool, signal=signum)
    return ok(f"terminate: {', '.join(known)}" if known else "terminate: tasks unknown")


#: Celery's own command -> ours. An app's command of the same name stays.
COMMANDS: dict[Callable[..., Passed], Callable[..., Passed]] = {
    control.revoke: revoke,
    control.terminate: terminate,
    control.revoke_by_stamped_headers: revoke_by_stamped_headers,
}
