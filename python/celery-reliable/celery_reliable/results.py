"""Celery's Redis result backend, with three of its rules made reliable.

A stored SUCCESS stays, and a RETRY overwrites no end. Stock Celery checks for a SUCCESS first and stores later
(``BaseKeyValueStoreBackend._store_result``): a worker that was slow to note a retry overwrites what the
retried task has stored meanwhile.

The body of a chord is sent. In stock Celery, only the worker that has claimed the body sends it
(``on_chord_part_return``), even if it was killed. Its message returns after the ``visibility_timeout`` of an hour, when
the claim has run out; here it returns after a lease, which may be earlier.

The errbacks of a chord that has failed are called, wherever in its body they are linked.
"""

import sys
import time
from collections.abc import Callable

from celery import states
from celery.backends.redis import (  # type: ignore[attr-defined]
    CHORD_CLEANUP_LUA,
    CHORD_PART_RETURN_LUA,
)
from celery.exceptions import BackendStoreError
from celery.utils import uuid
from kombu.utils.encoding import bytes_to_str
from kombu.utils.objects import cached_property
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from celery_reliable import scripts
from celery_reliable.client_results import RedisResults, SentinelResults
from celery_reliable.downstream import WithDownstream
from celery_reliable.handing_over import hand_over, is_handed_over
from celery_reliable.keys import Keys
from celery_reliable.persistence import RESULT_OUTAGE, PersistentRetry, is_persistent
from celery_reliable.refusals import is_passing
from celery_reliable.types import App, Passed, Reply

# How long an added part is remembered: longer than a call is repeated.
ADDED_S = 600
# The pause before another worker's claim is checked again.
CLAIM_CHECK_S = 0.5
# A claim lasts for 1 to 3 of its terms, the second while the body is sent. One that is seen for longer has no end.
LONGEST_CLAIM = 6
# Returned by Celery's script instead of a count when the body was sent.
_SENT = -1


class RedisBackend(WithDownstream, RedisResults):
    """Stores and publishes a result in one step, unless what is there stays, as Node workers do (``settle.lua``)."""

    # Celery's own, which its types do not mention.
    app: App
    expires: int | None
    failure_expires: int | None
    _MAX_STR_VALUE_SIZE: int
    _get_result_meta: Callable[..., Passed]

    def _store_result(
        self,
        task_id: str,
        result: Passed,
        state: str,
        traceback: Passed = None,
        request: Passed = None,
        **_kwargs: Passed,
    ) -> Passed:
        """Store a task's result (mirrors ``BaseKeyValueStoreBackend._store_result``, which first reads what is there).

        The script that stores it also decides what stays, so reading first would only cost a second round trip.

        Raises:
            BackendStoreError: the result is larger than a Redis string may be.
        """
        meta = self._get_result_meta(result=result, state=state, traceback=traceback, request=request)
        meta["task_id"] = bytes_to_str(task_id)
        try:
            self._set_with_state(self.get_key_for_task(task_id), self.encode(meta), state)
        except BackendStoreError as error:
            raise BackendStoreError(
                str(error),
                state=state,  # type: ignore[call-arg] # Celery's types know no arguments of it
                task_id=task_id,
            ) from error
        return result

    def mark_as_done(
        self,
        task_id: str,
        result: Passed,
        request: Passed = None,
        store_result: bool = True,
        state: str = states.SUCCESS,
    ) -> None:
        """Store a success (mirrors ``Backend.mark_as_done``), or leave that to the acknowledgement."""
        task = self.app.tasks.get(request.task) if request else None
        with hand_over(task_id, task, request):
            super().mark_as_done(task_id, result, request, store_result, state)

    def _set_with_state(self, key: str | bytes, value: str | bytes, state: str) -> Passed:
        """Store a task's result (mirrors ``RedisBackend._set_with_state``).

        Raises:
            BackendStoreError: the result is larger than a Redis string may be.
        """
        if len(value) > self._MAX_STR_VALUE_SIZE:
            raise BackendStoreError("value too large for Redis backend")
        expires = self.failure_expires if state == states.FAILURE else self.expires
        if is_handed_over(key, value, int(expires or 0)):
            return None
        return self.ensure(self._store, (key, value, int(expires or 0)))

    def _create_client(self, **params: Passed) -> Passed:
        """In a worker, repeat commands until the server answers, because no other worker will count this part."""
        if is_persistent(self.app):
            params["retry"] = PersistentRetry()
        return super()._create_client(**params)

    def on_connection_error(  # type: ignore[override]
        self, max_retries: Passed, exc: Exception, intervals: Passed, retries: int
    ) -> float:
        """Return the pause before the next attempt (mirrors ``RedisBackend.on_connection_error``, which logs each)."""
        if not is_persistent(self.app):
            pause: Passed = super().on_connection_error(max_retries, exc, intervals, retries)
            return float(pause)
        RESULT_OUTAGE.failed("The result backend does not answer", exc)
        return float(next(intervals))

    @cached_property
    def _chord_part_return_script(self) -> Callable[..., list[Reply]]:
        """Celery's script that counts a part, repeated while another worker, which may be lost, has the claim.

        A part counts only once however often the script runs. It is repeated until the body is sent, the chord has
        failed, or the claim is ours. A claim without an end, which no worker has made, gets one.
        """
        script = self.client.register_script(CHORD_PART_RETURN_LUA)

        def count_part(keys: list[str], args: list[Passed], **options: Passed) -> list[Reply]:
            claim, claim_s, since = keys[5], int(args[6]), time.monotonic()
            while True:
                reply: list[Reply] = script(keys=keys, args=args, **options)
                ready, added, size, claimed = reply
                if ready == _SENT or claimed or not size or ready != int(size) + int(added or 0):
                    return reply
                if time.monotonic() - since > LONGEST_CLAIM * claim_s:
                    self.client.expire(claim, claim_s)
                    since = time.monotonic()
                time.sleep(CLAIM_CHECK_S)

        return count_part

    @cached_property
    def _chord_cleanup_script(self) -> Callable[..., int]:
        """Celery's script that marks the body as sent, but not in a process that must exit while sending it.

        Celery runs it in a ``finally``, and billiard raises ``SystemExit`` at a SIGTERM: the body would be lost.
        """
        script = self.client.register_script(CHORD_CLEANUP_LUA)

        def close(**keys_and_args: Passed) -> int:
            error = sys.exc_info()[1]
            was_sent = error is None or isinstance(error, Exception)
            return int(script(**keys_and_args)) if was_sent else 0

        return close

    def _chord_publish_claim_expires(self, initial_expires: int, _callback: Passed) -> int:
        """How long a claim lasts while the body is sent, in seconds.

        Shorter than a worker may try to send the body: while the worker lives, its lease keeps the part from other
        workers.
        """
        return 2 * initial_expires

    def add_to_chord(self, group_id: str, result: Passed) -> None:  # noqa: ARG002 - Celery's parameter
        """Count one more part of a chord that runs (mirrors ``RedisBackend.add_to_chord``).

        Once, also if the reply is lost and the call repeated: Celery's ``INCR`` would let the chord wait forever.
        """
        key = bytes_to_str(self.get_key_for_group(group_id, ".t"))
        self.ensure(scripts.run, (self.client, "chord_add", [key, f"{key}.{uuid()}"], [ADDED_S]))

    def _store(self, key: str | bytes, value: str | bytes, expires_s: int) -> None:
        name = key.decode() if isinstance(key, bytes) else key
        # One result and no message: the messages' keys are replaced with a key that a user with access to this result
        # may also touch.
        args: list[scripts.Argument] = ["", expires_s, "", "", value]
        try:
            scripts.run(self.client, "settle", [name] * (len(Keys().of_held()) + 1), args)
            RESULT_OUTAGE.over()
        except ResponseError as error:
            if not is_passing(error):
                raise
            # Stock Celery would fail a task that has succeeded. The worker waits for a full server, as for
            # one that is away.
            raise RedisConnectionError(f"the server refuses to store results: {error}") from error


class SentinelBackend(RedisBackend, SentinelResults):
    """The same behind sentinels."""
