"""The page's jobs: the tasks that each is made of, how they are sent, and how far they are.

A task's states come from the result backend, which publishes them: one subscription connection serves all
pages of this process. Sending blocks for a millisecond, or for seconds without a server, so threads do it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import jobs_client
from jobs_client import OperationalError, chain, chord
from store import Record, Store
from views import FINAL, PART_ROWS, Watched, ids_of, is_final, new_step, view_of

KINDS = {
    "training": ["train"],
    "predictionFile": ["predict"],
    "report": ["report"],
    "mail": ["mail"],
    "workflow": ["predict", "report", "mail"],
}
LOOK_AGAIN_S = 1.0
COMMENT_EVERY_S = 15.0

_STOP = ("stop", None)

Listener = Callable[[str, Any], None]


class Jobs:
    """All jobs of this process's sessions."""

    def __init__(self, tasks: jobs_client.Jobs, store: Store) -> None:
        self.tasks = tasks
        self.store = store
        self.broker = "connected"
        self._watched: dict[str, Watched] = {}
        self._listeners: dict[str, set[Listener]] = {}
        self._resuming: set[str] = set()

    async def send(self, record: Record, start: int = 0) -> None:
        """Send a job's steps as one workflow: all, or those from the one that failed."""
        steps, given = record["steps"], record["given"]
        source = steps[start - 1]["taskId"] if start else given.get("input")
        first = () if source is None else (await self.result_of(source),)
        steps[start:] = [new_step(name, given) for name in KINDS[record["kind"]][start:]]
        record.pop("final", None)
        record.pop("cancelled", None)
        # Before sending: a job that this process did not live to send waits, where its user can cancel it.
        self.store.save(record)
        calls = [self._call(step, given, () if i else first) for i, step in enumerate(steps[start:])]
        work: Any = chain(*calls) if len(calls) > 1 else calls[0]
        if record["kind"] == "workflow":
            work.celery.link_error(self.tasks.js.churn.mail.apologise.s(given["to"]).celery)
        await asyncio.to_thread(work.delay)

    async def resume(self, record: Record) -> None:
        """Send the steps again from the first that was not done; once, however often it is asked for."""
        if record["id"] in self._resuming:
            return
        self._resuming.add(record["id"])
        before = {**record, "steps": [*record["steps"]]}
        done = [step["state"] == "done" for step in record["final"]["steps"]]
        try:
            await self.send(record, done.index(False))
        except BaseException:
            self.store.save(before)
            raise
        finally:
            self._resuming.discard(record["id"])

    async def cancel(self, record: Record) -> None:
        """Stop a job at any moment: workers drop tasks that wait, ``terminate`` ends the one that runs."""
        record["cancelled"] = True
        self.store.save(record)
        watched = await self._watch(record)
        watched.record = record
        for task_id in [task_id for step in record["steps"] for task_id in ids_of(step)]:
            if not is_final(watched.states.get(task_id)):
                await asyncio.to_thread(self._job(task_id).revoke, terminate=True)
        self._changed(watched)

    async def result_of(self, task_id: str) -> Any:
        """Return a task's result; None when there is none."""
        return (await asyncio.to_thread(self._job(task_id).look)).info

    async def view(self, record: Record) -> Record:
        """Return the job as the page gets it."""
        final: Record | None = record.get("final")
        return final or view_of(await self._watch(record))

    async def list(self, session: str) -> "list[Record]":
        """Return a session's jobs, the newest first."""
        records = [record for record in self.store.list(session) if record["steps"]]
        return list(await asyncio.gather(*map(self.view, records)))

    async def events(self, session: str) -> AsyncGenerator[tuple[str, Any], None]:
        """Yield the broker's state, a session's jobs, then each change, and an empty event now and then."""
        queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        listeners = self._listeners.setdefault(session, set())
        listener: Listener = lambda event, data: queue.put_nowait((event, data))  # noqa: E731
        listeners.add(listener)
        try:
            yield "broker", {"state": self.broker}
            for record in reversed(self.store.list(session)):
                if record["steps"]:
                    yield "job", await self.view(record)
            while True:
                event = await _next(queue)
                if event == _STOP:
                    return
                yield event
        finally:
            listeners.discard(listener)

    def stop(self) -> None:
        """End all streams of events, so that the server can stop. Pages connect again by themselves."""
        for session in self._listeners:
            self._tell(session, *_STOP)

    async def watch_broker(self) -> None:
        """Look whether the broker is there, as nothing else would tell while no job runs."""
        while True:
            try:
                await asyncio.to_thread(self._job("broker").look)
                state = "connected"
            except OperationalError:
                state = "reconnecting"
            if state != self.broker:
                self.broker = state
                for session in self._listeners:
                    self._tell(session, "broker", {"state": state})
            await asyncio.sleep(LOOK_AGAIN_S)

    def _call(self, step: Record, given: Record, first: tuple[Any, ...]) -> Any:
        tasks: Any = self.tasks  # a step has its first argument, or gets it from the step before
        churn, reports, task_id = tasks.py.churn, tasks.js.churn, step["taskId"]
        if step["name"] == "train":
            call = churn.training.train.s(given["dataset"], given["model"], given["rounds"])
        elif step["name"] == "report":
            call = reports.report.render.s(*first, given["report"])
        elif step["name"] == "mail":
            call = reports.mail.send.s(*first, given["to"])
        else:
            part = churn.prediction.predict_part
            header = [
                part.s(given["model"], given["dataset"], i * PART_ROWS, PART_ROWS).set(task_id=part_id)
                for i, part_id in enumerate(step["parts"])
            ]
            return chord(header, churn.prediction.join_parts.s(given["predictions"]).set(task_id=task_id))
        return call.set(task_id=task_id)

    def _job(self, task_id: str) -> jobs_client.Job[Any, Any]:
        """Return any task's job: states are found by the id alone."""
        job: jobs_client.Job[Any, Any] = self.tasks.js.churn.mail.send.job(task_id)
        return job

    async def _watch(self, record: Record) -> Watched:
        """Return a job's states, once the first ones are known."""
        watched = self._watched.get(record["id"])
        if watched is None or watched.record["steps"] != record["steps"]:
            watched = self._watched[record["id"]] = Watched(record)
            watched.following = asyncio.create_task(self._follow(watched))
        await watched.ready.wait()
        return watched

    async def _follow(self, watched: Watched) -> None:
        """Follow the steps one after the other, as a step's task is sent when the one before has ended."""
        try:
            for step in watched.record["steps"]:
                await asyncio.gather(*(self._follow_task(watched, task_id) for task_id in ids_of(step)))
                if watched.states[step["taskId"]].name != "SUCCESS":
                    break
        finally:
            watched.ready.set()

    async def _follow_task(self, watched: Watched, task_id: str) -> None:
        while not is_final(watched.states.get(task_id)):
            try:
                async with aclosing(self._job(task_id).states()) as states:
                    async for state in states:
                        watched.states[task_id] = state
                        watched.retries += state.name == "RETRY"
                        self._changed(watched)
                        if not is_final(state):
                            watched.ready.set()
            except OperationalError:
                # What is known stays, and the states come again as soon as the server is back.
                watched.ready.set()
                await asyncio.sleep(LOOK_AGAIN_S)

    def _changed(self, watched: Watched) -> None:
        record = watched.record
        if self._watched.get(record["id"]) is not watched:
            return
        job = view_of(watched)
        if job["state"] in FINAL:
            # Kept for longer than the result backend keeps results.
            del self._watched[record["id"]]
            record["final"] = job
            self.store.save(record)
        if job != watched.told:
            watched.told = job
            self._tell(record["session"], "job", job)

    def _tell(self, session: str, event: str, data: Any) -> None:
        for listener in self._listeners.get(session, ()):
            listener(event, data)


async def _next(queue: asyncio.Queue[tuple[str, Any]]) -> tuple[str, Any]:
    try:
        async with asyncio.timeout(COMMENT_EVERY_S):
            return await queue.get()
    except TimeoutError:
        return "", None
