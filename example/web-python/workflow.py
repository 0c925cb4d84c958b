"""The tasks that each kind of job is made of, and how they are sent as one workflow."""

import asyncio
import math
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import jobs_client
from guard import Refusal
from jobs_client import chain, chord
from store import Record, timestamp

T = TypeVar("T")

STEPS = {
    "training": ["train"],
    "predictionFile": ["predict"],
    "report": ["report"],
    "mail": ["mail"],
    "workflow": ["predict", "report", "mail"],
}
PART_ROWS = 2500
# Each waits up to four seconds for a server that hangs. Python's own few would make the others wait, too.
_THREADS = ThreadPoolExecutor(32, "jobs")


async def in_thread(call: Callable[..., T], **options: Any) -> T:
    """Call a function that blocks."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, partial(call, **options))


def new_steps(record: Record, place: int = 0) -> list[Record]:
    """Return the steps from a place on.

    Their tasks have ids before they are sent, so that they can be followed at once.
    """
    return [_new_step(name, record["given"]) for name in STEPS[record["kind"]][place:]]


def _new_step(name: str, given: Record) -> Record:
    parts = math.ceil(given["rows"] / PART_ROWS) if name == "predict" else 0
    return {"name": name, "taskId": str(uuid.uuid4()), "parts": [str(uuid.uuid4()) for _ in range(parts)]}


def resumed_record(stopped: Record, place: int, key: str | None) -> Record:
    """Return the record of the resumed job, with new tasks for the unfinished steps, from a place on."""
    gone = ("final", "cancelled", "unsent")
    steps = stopped["steps"]
    return {name: value for name, value in stopped.items() if name not in gone} | {
        "resumedAt": timestamp(),
        "resumedBy": key,
        "replaced": [*stopped.get("replaced", []), *steps[place:]],
        "steps": [*steps[:place], *new_steps(stopped, place)],
    }


def job_of(tasks: jobs_client.Jobs, task_id: str) -> jobs_client.Job[Any, Any]:
    """Return any task's job: states are found by the id alone."""
    job: jobs_client.Job[Any, Any] = tasks.js.churn.mail.send.job(task_id)
    return job


def task_of(record: Record, name: str) -> str:
    """Return the id of the task whose result is the step's."""
    return next((str(step["taskId"]) for step in record["steps"] if step["name"] == name), "")


def apology_of(record: Record) -> str:
    """Return the id of the task that mails an apology if a step fails."""
    return f"{record['steps'][-1]['taskId']}-apology"


def mail_tasks_of(record: Record) -> list[str]:
    """Return its tasks that send a mail."""
    mail = task_of(record, "mail")
    return [mail, apology_of(record)] if mail else []


def mail_ids_of(record: Record) -> list[str]:
    """Return the Message-IDs of a job's mails.

    That of its report stays when the mail is sent again; each apology has its own.
    """
    steps = [*record["steps"], *record.get("replaced", [])]
    return [
        f"{name}@jobs.example" for name in (record["id"], *(f"{each['taskId']}-apology" for each in steps))
    ]


async def send(tasks: jobs_client.Jobs, record: Record, place: int = 0) -> None:
    """Send the steps from a place on. A thread does it: without a server, sending blocks for seconds."""
    steps, given = record["steps"], record["given"]
    # A first step that continues earlier work takes its result.
    source = steps[place - 1]["taskId"] if place else given.get("input")
    first = () if source is None else (await _result_of(tasks, source),)
    calls = [_call(tasks, step, record, () if i else first) for i, step in enumerate(steps[place:])]
    work: Any = chain(*calls) if len(calls) > 1 else calls[0]
    if record["kind"] == "workflow":
        apology = tasks.js.churn.mail.apologise.s(given["to"]).set(task_id=apology_of(record))
        work.celery.link_error(apology.celery)
    await in_thread(work.delay)


async def _result_of(tasks: jobs_client.Jobs, task_id: str) -> Any:
    """Return what a task has returned, unless that has expired."""
    state = await in_thread(job_of(tasks, task_id).look)
    if state.name == "SUCCESS":
        return state.info
    message = "The result of an earlier step has expired: start again from that step"
    raise Refusal(410, "expired", message)


def _call(tasks: Any, step: Record, record: Record, first: tuple[Any, ...]) -> Any:
    """Return a step's call; ``first`` is its first argument, unless the step before provides it."""
    churn, reports, task_id, given = tasks.py.churn, tasks.js.churn, step["taskId"], record["given"]
    if step["name"] == "train":
        call = churn.training.train.s(given["dataset"], given["model"], given["rounds"])
    elif step["name"] == "report":
        call = reports.report.render.s(*first, given["report"])
    elif step["name"] == "mail":
        call = reports.mail.send.s(*first, given["to"], record["id"])
    else:
        part, rows = churn.prediction.predict_part, PART_ROWS
        header = [
            part.s(given["model"], given["dataset"], i * rows, rows).set(task_id=part_id)
            for i, part_id in enumerate(step["parts"])
        ]
        return chord(header, churn.prediction.join_parts.s(given["predictions"]).set(task_id=task_id))
    return call.set(task_id=task_id)
