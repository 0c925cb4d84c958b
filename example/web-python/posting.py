"""What the POSTs share: one record for a key, what a session owns, and how long an answer is awaited."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bodies import ForFile, Model
from state import jobs, store
from store import Record, digest_of, is_made

from web import Refusal

WAIT_S = 5


async def once(
    session: str, key: str | None, kind: str, body: object, fill: Callable[[Record], Awaitable[None]]
) -> Record:
    """Keep a record for a POST, once for an Idempotency-Key, and let ``fill`` complete it."""
    record, is_new = store.create(session, key, body, kind)
    if record["hash"] != digest_of(kind, body):
        raise Refusal(422, "key-reused", "This key came with another body", field="Idempotency-Key")
    if is_new:
        try:
            await fill(record)
        except BaseException:
            store.remove(record)
            raise
        return record
    until = time.monotonic() + WAIT_S
    found: Record | None = record
    while found is not None and time.monotonic() < until:
        if is_made(found):
            return found
        await asyncio.sleep(0.05)
        found = store.read(session, record["id"])
    message = "The first POST with this key was not finished: please try again"
    raise Refusal(409, "not-made", message)


async def start(
    session: str, key: str | None, kind: str, body: Model, given: Callable[[Record], Awaitable[Record]]
) -> Record:
    """Start a job; ``given`` checks what it needs of the session and returns what its tasks take."""

    async def fill(record: Record) -> None:
        record["given"] = await given(record)
        await jobs.send(record)

    values = body.model_dump(by_alias=True)
    return await jobs.view(await once(session, key, kind, values, fill))


async def owned(session: str, field: str, text: str, *kinds: str) -> Record:
    """Return this session's record behind a name such as ``model-ID``, or refuse the field."""
    record = store.read(session, text[-36:])
    if record is not None and record["kind"] in kinds and is_made(record):
        is_done = record["kind"] == "dataset" or (await jobs.view(record))["state"] == "done"
        if is_done:
            return record
    raise Refusal(422, "invalid", f"There is no such {field}, or it is not finished", field=field)


def step_id(record: Record, name: str) -> str:
    """Return the id of a step's task."""
    return next(str(step["taskId"]) for step in record["steps"] if step["name"] == name)


async def predicting(body: ForFile, record: Record) -> Record:
    """Return what a prediction for a file needs."""
    await owned(record["session"], "model", body.model, "training")
    dataset = await owned(record["session"], "dataset", body.dataset, "dataset")
    names = {"predictions": f"predictions-{record['id']}", "report": f"report-{record['id']}"}
    return {**body.model_dump(), "rows": dataset["given"]["rows"], **names}


def job_of(session: str, job_id: str) -> Record:
    """Return this session's job; another session's is as good as none."""
    record = store.read(session, job_id)
    if record is None or not record["steps"]:
        raise Refusal(404, "not-found", "There is no such job")
    return record


async def answer_of(sent: Any) -> Any:
    """Wait for a task as long as a browser would."""
    try:
        async with asyncio.timeout(WAIT_S):
            return await sent
    except TimeoutError:
        message = f"The workers did not answer within {WAIT_S} s"
        raise Refusal(504, "too-long", message, job=sent.id) from None
