"""The jobs of sessions. A job starts once per key, belongs to its session, can be cancelled and resumed."""

import asyncio
import dataclasses
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import jobs_client
from bodies import Model
from follow import Follower
from guard import Refusal
from store import Record, Store, new_record
from view import ids_of, is_over, word_for
from workflow import apology_of, in_thread, job_of, mail_tasks_of, new_steps, resumed_record, send

T = TypeVar("T")

WAIT_S = 5
_WORKERS_ANSWER_WITHIN_S = 2


async def answer_of(call: Any) -> dict[str, Any]:
    """Send a task and wait ``WAIT_S`` seconds for its result; the task expires after the same time."""
    sent = await in_thread(call.apply_async, expires=WAIT_S)
    try:
        async with asyncio.timeout(WAIT_S):
            return dataclasses.asdict(await sent)
    except FileNotFoundError as error:
        raise Refusal(410, "gone", str(error)) from None
    except Exception as error:
        # A worker that takes it too late revokes it.
        if not isinstance(error, TimeoutError) and type(error).__name__ != "TaskRevokedError":
            raise
        message = f"The workers did not answer within {WAIT_S} s"
        raise Refusal(504, "too-long", message, job=sent.id) from None


class Jobs:
    """All jobs of this process's sessions."""

    def __init__(self, tasks: jobs_client.Jobs, store: Store, follower: Follower) -> None:
        self._tasks = tasks
        self._store = store
        self._follower = follower
        self._running: dict[str, asyncio.Task[Any]] = {}

    async def once(self, made: Record, fill: Callable[[Record], Awaitable[Record]]) -> Record:
        """Return the record of a POST; for a repeated one with the same Idempotency-Key, the first one's.

        ``fill`` completes and stores a new record, and returns the stored one.
        """

        async def read_or_fill() -> Record:
            return self._store.read(made["session"], made["id"]) or await fill(made)

        # A repeated POST waits for the first one, which may fail: then there is no job.
        record = await self._single_flight(f"{made['id']} {made['hash']}", read_or_fill)
        if record["hash"] == made["hash"]:
            return record
        raise Refusal(
            422,
            "key-reused",
            "This Idempotency-Key was used with another body: use a new key",
            field="Idempotency-Key",
        )

    async def start(
        self,
        session: str,
        key: str | None,
        kind: str,
        body: Model,
        given: Callable[[Record], Awaitable[Record]],
    ) -> Record:
        """Start a job; ``given`` checks its input, and returns the arguments of its tasks.

        If this process dies before sending it, the job stays waiting, and its user can cancel it.
        """

        async def fill(record: Record) -> Record:
            record["given"] = await given(record)
            record["steps"] = new_steps(record)
            stored = self._store.create(record)
            if stored is not record:
                return stored
            try:
                if kind == "training":
                    await self._refuse_second_training(record)
                await self._send(record)
            except BaseException:
                self._store.remove(record)
                self._follower.forget(record)
                raise
            return record

        return await self._follower.view(
            await self.once(new_record(session, key, kind, body.model_dump(by_alias=True)), fill)
        )

    async def resume(self, stopped: Record, key: str | None) -> None:
        """Send a job again from the first unfinished step; only once, even if asked several times.

        A repeated POST with the same Idempotency-Key changes nothing, even if the job has
        stopped again since.
        """

        async def resume_once() -> None:
            if key is None or stopped.get("resumedBy") != key:
                await self._resume(stopped, key)

        await self._single_flight(f"{stopped['id']} {key or uuid.uuid4()}", resume_once)

    async def _resume(self, stopped: Record, key: str | None) -> None:
        job = await self._follower.view(stopped)
        if job["state"] not in ("failed", "cancelled"):
            message = f"This job is {job['state']}: only a failed or cancelled job can be resumed"
            raise Refusal(409, "not-failed", message)
        place = [step["state"] == "done" for step in job["steps"]].index(False)
        record = resumed_record(stopped, place, key)
        claimed = self._store.resume(stopped.get("unsent", stopped["steps"][place]["taskId"]), record)
        if claimed is None:
            return
        try:
            await self._send_resumed(claimed, place, record["resumedAt"])
        except BaseException:
            restored = {**stopped, "final": job, "unsent": claimed["steps"][place]["taskId"]}
            self._store.save(restored)
            self._follower.forget(restored)
            raise
        # The apology for the failed step may still be retrying, so withdraw it.
        if record["kind"] == "workflow":
            self._store.withdraw(apology_of(stopped))

    async def _send_resumed(self, claimed: Record, place: int, resumed_at: str) -> None:
        if claimed["kind"] == "training":
            # Another training may have begun since a killed server claimed this one.
            await self._refuse_second_training({**claimed, "resumedAt": resumed_at})
        await self._send(claimed, place)

    async def cancel(self, record: Record) -> None:
        """Stop a job at any moment: workers drop tasks that wait, ``terminate`` ends the one that runs.

        A mail that is being sent can no longer be cancelled: it goes on, also by retries, and the job ends as
        the mail does. Then this raises Refusal.
        """
        if record.get("final"):
            return
        mails = mail_tasks_of(record)
        if not all(self._store.withdraw(task_id) for task_id in mails):
            raise Refusal(409, "being-sent", "The mail is being sent, so it can no longer be cancelled")
        self._store.save({**record, "cancelled": True})
        followed = await self._follower.follow(record)
        ids = [*(task_id for step in record["steps"] for task_id in ids_of(step)), apology_of(record)]
        unfinished = [task_id for task_id in ids if not is_over(word_for(followed.states.get(task_id)))]
        for task_id in unfinished:
            self._store.mark_as_cancelled(task_id)
        try:
            for task_id in unfinished:
                revoke = job_of(self._tasks, task_id).revoke
                await in_thread(revoke, terminate=task_id not in mails)
        except Exception:
            # The jobs' server may be away, but tasks that no worker has will not run.
            self._follower.show_cancelled(followed)
            raise
        # Workers report what became of each task. A job that no worker has is cancelled without them.
        await asyncio.wait({followed.following}, timeout=_WORKERS_ANSWER_WITHIN_S)
        self._follower.show_cancelled(followed)

    def find(self, session: str, job_id: str) -> Record:
        """Return a session's job; jobs of other sessions count as missing."""
        record = self._store.read(session, job_id)
        if record is None or not record["steps"]:
            raise Refusal(404, "not-found", "There is no such job")
        return record

    async def require_done(self, session: str, field: str, text: str, *kinds: str) -> Record:
        """Return a session's job that is done, or refuse the field.

        ``text`` is the name that the job's answer gave: a dataset's or a model's name, which ends with the
        job's id, or the id alone.
        """
        record = self._store.read(session, text[-36:])
        if record is not None and record["kind"] in kinds and text == _name_of(record):
            is_done = record["kind"] == "dataset" or (await self._follower.view(record))["state"] == "done"
            if is_done:
                return record
        raise Refusal(422, "invalid", f"There is no such {field}, or it is not finished", field=field)

    async def _single_flight(self, name: str, run: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run something once for all requests that ask for it at the same time."""
        running: asyncio.Task[T] | None = self._running.get(name)
        if running is None:
            running = self._running[name] = asyncio.create_task(run())
            running.add_done_callback(lambda _: self._running.pop(name))
        return await asyncio.shield(running)

    async def _send(self, record: Record, place: int = 0) -> None:
        """Send the steps from a place on.

        After an error, some may have been sent all the same, so all are cancelled.
        """
        try:
            await send(self._tasks, record, place)
        except BaseException:
            for task_id in mail_tasks_of(record):
                self._store.withdraw(task_id)
            for step in record["steps"][place:]:
                for task_id in ids_of(step):
                    self._store.mark_as_cancelled(task_id)
            raise

    async def _refuse_second_training(self, record: Record) -> None:
        for other in self._store.list(record["session"]):
            # Of two simultaneous ones, the older one runs.
            is_older = _start_of(other) < _start_of(record)
            if other["kind"] == "training" and is_older:
                job = await self._follower.view(other)
                if not is_over(job["state"]):
                    raise Refusal(
                        409, "running", "One of your trainings is running: wait for it, or cancel it", job=job
                    )


def _start_of(record: Record) -> tuple[str, str]:
    """Return when it was started or resumed, for comparisons."""
    return record.get("resumedAt", record["createdAt"]), record["id"]


def _name_of(record: Record) -> str:
    """Return the name by which later jobs refer to this job's result."""
    given = {"dataset": "dataset", "training": "model"}.get(str(record["kind"]))
    return str(record["given"][given] if given else record["id"])
