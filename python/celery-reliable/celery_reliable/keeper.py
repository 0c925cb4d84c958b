"""The keeper: a thread with its own connection that renews every lease of this process, and sweeps.

It is a thread because the event loop may be busy: with the ``solo`` pool every task blocks it. While the process
lives and reaches the server, no other worker gets its messages.
"""

import logging
import os
import random
import threading
import time
from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError

from celery_reliable import scripts
from celery_reliable.options import Options
from celery_reliable.outage import BROKER_OUTAGE, lost_line
from celery_reliable.sweeper import Sweeper
from celery_reliable.tally import Tally

logger = logging.getLogger(__name__)

# Leases renewed by one call.
RENEW_BATCH = 1_000
# How often kombu's time of delivery is renewed: well within the hour after which its sweep takes messages for lost.
RESCORE_S = 20 * 60.0
# The pause before a failed step is tried again.
RETRY_S = 1.0
# How long the end of the process may wait for the current command's answer.
STOPS_WITHIN_S = 5.0


class Keeper:
    """Runs until ``stop``. The lease manager supplies the held messages and further work, done every second."""

    def __init__(
        self,
        client: "Redis",
        options: Options,
        held: Callable[[], list[str]],
        on_lost: Callable[[list[str]], None],
        flush: Callable[[], bool],
        tally: Tally,
    ) -> None:
        self._client = client
        self._options = options
        self._held = held
        self._on_lost = on_lost
        self._flush = flush
        self._tally = tally
        self._sweeper = Sweeper(client, options, tally)
        self._stopping = threading.Event()
        self._rescored_at = self._renew_at = time.monotonic()
        self._sweep_at = self._renew_at + self._sweep_pause_s()
        self._has_failed = False
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._run, name="celery-reliable-keeper", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Tell the thread to end after its present command."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for the end of the thread, a few seconds at most; in a forked child there is none."""
        if self._pid == os.getpid() and self._thread is not threading.current_thread():
            self._thread.join(STOPS_WITHIN_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._pause_s()):
            try:
                if self._turn():
                    BROKER_OUTAGE.over()
            except (RedisError, OSError) as error:
                BROKER_OUTAGE.noticed(lost_line("the keeper of the leases", error), error)
                self._has_failed = True
            except BaseException:  # of any kind, because without this thread every lease runs out
                logger.exception("An error in the thread that renews leases; it continues")
                self._has_failed = True
                # Replies and commands may be out of step, which would also spoil every later command.
                self._client.connection_pool.disconnect()
        self._client.close()
        self._client.connection_pool.disconnect()

    def _turn(self) -> bool:
        """Return whether the server works: it has answered, and no message waits to leave.

        Leases first: once another worker takes a message, that cannot be undone.
        """
        is_checking = self._has_failed or BROKER_OUTAGE.is_ongoing
        if is_checking or time.monotonic() >= self._renew_at:
            self._renew()
            self._renew_at = time.monotonic() + self._options.lease_s / 3
        have_left = self._flush()
        # Most turns send nothing, so they say nothing about the server.
        has_answered = is_checking or time.monotonic() >= self._sweep_at
        if has_answered:
            has_more = self._sweeper.sweep()
            self._sweep_at = time.monotonic() + (0.0 if has_more else self._sweep_pause_s())
        self._has_failed = False
        return has_answered and have_left

    def _pause_s(self) -> float:
        if self._has_failed:
            return RETRY_S
        due = min(self._renew_at, self._sweep_at) - time.monotonic()
        return max(0.0, min(RETRY_S, due))

    def _sweep_pause_s(self) -> float:
        """Random, so that workers started together do not sweep together."""
        return min(self._options.lease_s / 6, 5.0) * random.uniform(0.8, 1)  # noqa: S311 - no secret

    def _renew(self) -> None:
        keys = self._options.keys
        rescore = time.monotonic() - self._rescored_at >= RESCORE_S
        tags = self._held()
        gone: list[str] = []
        for start in range(0, len(tags), RENEW_BATCH):
            args: list[scripts.Argument] = [self._options.lease_ms, int(rescore)]
            args += tags[start : start + RENEW_BATCH]
            reply = scripts.run(self._client, "renew", [keys.leases, keys.unacked_index], args)
            gone += [tag.decode() for tag in reply]
        self._tally.renewed += len(tags) - len(gone)
        if rescore:
            self._rescored_at = time.monotonic()
        if gone:
            self._on_lost(gone)
