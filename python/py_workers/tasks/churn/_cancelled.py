"""Tasks that were cancelled while no worker was there to receive the command."""

from celery.exceptions import Ignore
from celery_reliable.typed import BoundTask

from py_workers.tasks.churn._files import path_of


def leave_if_cancelled(task: BoundTask) -> None:
    """End a task that is to be revoked, before it does anything.

    A worker that was away did not receive the command, so the web server leaves a file, too.

    Raises:
        Ignore: The task was cancelled. Its state is REVOKED.
    """
    task_id = str(task.request.id)
    if path_of(f"cancelled-{task_id}", "").exists():
        task.backend.mark_as_revoked(task_id, "cancelled", task.request)
        raise Ignore
