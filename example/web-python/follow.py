"""Follows the tasks of jobs, and sends their states to the session's pages.

The result backend publishes the states: one subscription connection serves all pages of this process, and
nothing is polled.
"""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any

import jobs_client
from jobs_client import OperationalError, State
from pages import Event, Pages
from store import LOG, Record, Store
from view import ids_of, is_over, view, word_for
from workflow import apology_of, job_of

LOOK_AGAIN_S = 1.0


class Followed:
    """A job whose tasks are followed: the last state of each.

    ``ready`` is set once its first states are known, or cannot be read; ``is_known`` tells which.
    """

    def __init__(self, record: Record) -> None:
        self.record = record | {"cancelled": False}
        self.states: dict[str, Any] = {}
        self.retries = 0
        self.ready = asyncio.Event()
        self.following: asyncio.Task[None]
        self.is_known = False
        self.is_cancelled = bool(record.get("cancelled"))

    def view(self) -> Record:
        """Return the job as the page gets it."""
        return view(self.record, self.states, self.retries)


class Follower:
    """Sends the states of unfinished jobs to the pages that show them."""

    def __init__(self, tasks: jobs_client.Jobs, store: Store) -> None:
        self.tasks = tasks
        self.store = store
        self.broker = "connected"
        self._followed: dict[str, Followed] = {}
        self.pages = Pages()

    async def view(self, record: Record) -> Record:
        """Return the job as the page gets it."""
        final: Record | None = record.get("final")
        return final or (await self.follow(record)).view()

    async def list(self, session: str) -> "list[Record]":
        """Return a session's jobs, the newest first."""
        records = [record for record in self.store.list(session) if record["steps"]]
        return list(await asyncio.gather(*map(self.view, records)))

    async def follow(self, record: Record) -> Followed:
        """Follow a job, and return it once it is ready.

        If another web server has resumed it, this begins anew.
        """
        followed = self._followed.get(record["id"])
        if followed is None or not _have_same_steps(followed.record, record):
            followed = self._followed[record["id"]] = Followed(record)
            followed.following = asyncio.create_task(self._follow_steps(followed))
        await followed.ready.wait()
        return followed

    async def follow_all(self) -> None:
        """Follow the jobs that an earlier process has left, to save their ends before results expire."""
        await asyncio.gather(*map(self.follow, self.store.unfinished()))

    def publish_change(self, followed: Followed) -> None:
        """Tell the pages that a job's states or its record have changed."""
        record = followed.record
        if self._followed.get(record["id"]) is not followed:
            return
        job = followed.view()
        if is_over(job["state"]):
            del self._followed[record["id"]]
            if not self._save_end(record, job):
                return  # another web server has removed or resumed it
        self.pages.tell(record["session"], ("job", job))

    def show_cancelled(self, followed: Followed) -> None:
        """Show a job as cancelled once the states of its tasks are known.

        Shown sooner, it could seem to have stopped earlier than it did.
        """
        followed.is_cancelled = True
        if followed.is_known:
            followed.record["cancelled"] = True
            self.publish_change(followed)

    def _save_end(self, record: Record, job: Record) -> bool:
        """Save a job's end, because results expire.

        Return whether the stored job is still this one; also true if it cannot be read or saved.
        """
        try:
            stored = self.store.read(record["session"], record["id"])
            if stored is None or not _have_same_steps(stored, record):
                return False
            self.store.save({**stored, "final": job})
        except (OSError, ValueError):
            LOG.exception("the end of job %s cannot be saved", record["id"])
        return True

    def forget(self, record: Record) -> None:
        """Stop following a job that was removed, or restored as it was at its end, and tell the pages."""
        if (followed := self._followed.pop(record["id"], None)) is not None:
            followed.following.cancel()
        final = record.get("final")
        self.pages.tell(record["session"], ("job", final) if final else ("gone", {"id": record["id"]}))

    async def events(self, session: str, queue: "asyncio.Queue[Event]") -> AsyncGenerator[Event, None]:
        """Yield the broker's state, a session's jobs, their ids, then each change."""
        yield "broker", {"state": self.broker}
        jobs = await self.list(session)
        for job in reversed(jobs):
            yield "job", job
        yield "listed", {"ids": [job["id"] for job in jobs]}
        async for event in self.pages.read(queue):
            yield event

    async def watch_broker(self) -> None:
        """Check whether the broker answers, because nothing else notices while no job runs."""
        # Others may all wait for a server that hangs.
        own_thread = ThreadPoolExecutor(1, "watch-broker")
        loop = asyncio.get_running_loop()
        while True:
            try:
                await loop.run_in_executor(own_thread, job_of(self.tasks, "broker").look)
                state = "connected"
            except OperationalError:
                state = "reconnecting"
            if state != self.broker:
                self.broker = state
                self.pages.tell_all(("broker", {"state": state}))
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _follow_steps(self, followed: Followed) -> None:
        """Follow one step after the other, because a step's task is sent when the step before has ended."""
        record, end = followed.record, ""
        try:
            for step in record["steps"]:
                await asyncio.gather(
                    *(self._follow_task(followed, task_id, step) for task_id in ids_of(step))
                )
                self.store.remove_parts(step)
                end = followed.states[step["taskId"]].name
                if end != "SUCCESS":
                    break
            self._mark_known(followed)
        finally:
            followed.ready.set()
        if record["kind"] == "workflow" and end == "FAILURE":
            # The job has ended, and its error callback mails an apology.
            await self._follow_task(followed, apology_of(record), record["steps"][0])
            self.pages.tell(record["session"], ("mailbox", {}))

    async def _follow_task(self, followed: Followed, task_id: str, step: Record) -> None:
        while not is_over(word_for(followed.states.get(task_id))):
            try:
                async with aclosing(job_of(self.tasks, task_id).states()) as states:
                    async for state in states:
                        before = followed.states.get(task_id)
                        # After an outage, the same state may come again.
                        is_again = before is not None and before.name == "RETRY"
                        followed.retries += state.name == "RETRY" and not is_again
                        followed.states[task_id] = state
                        self.publish_change(followed)
                        if _is_current(step, followed.states):
                            self._mark_known(followed)
            except OperationalError:
                # Known states stay, and new ones come once the server is back.
                followed.ready.set()
                await asyncio.sleep(LOOK_AGAIN_S)
            except Exception as error:
                if type(error).__name__ != "DecodeError":
                    raise
                # The stored value is not a result, and will not become one.
                followed.states[task_id] = State("FAILURE", info=error, error=error)
                self.publish_change(followed)

    def _mark_known(self, followed: Followed) -> None:
        """Note that the first states of a job are known."""
        if followed.is_known:
            return
        followed.is_known = True
        if followed.is_cancelled:
            self.show_cancelled(followed)
        followed.ready.set()


def _have_same_steps(one: Record, other: Record) -> bool:
    """Tell whether both records have the same tasks; resuming a job makes new ones."""
    return bool(one["steps"][-1]["taskId"] == other["steps"][-1]["taskId"])


def _is_current(step: Record, states: dict[str, Any]) -> bool:
    """Tell whether a step has not ended, and all of its states are known."""
    return not is_over(word_for(states.get(step["taskId"]))) and all(each in states for each in ids_of(step))
