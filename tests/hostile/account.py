"""Accounts for hostile messages: each must end in a place where it can be seen."""

import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from redis import Redis

from tests.support.programs import Program
from tests.support.waiting import wait_until

from .changes import TASK
from .messages import QUEUE, HostileMessage, encode, good
from .places import Places, read_ran, read_states, texts
from .scraping import Scraper

STEPS = ("", "\x06\x163", "\x06\x166", "\x06\x169")
# Far beyond what is promised (`GOOD_WITHIN_S`): for a machine that does much else.
SETTLED_WITHIN_S = 60.0


class Account:
    """Sends batches to one worker and enters what became of each message."""

    def __init__(self, redis: Redis, ledger: Path, worker: Program, scraper: Scraper) -> None:
        self.counts: Counter[str] = Counter()
        self.sent = 0
        self.waits_s: list[float] = []  # of the good message behind each batch
        self.memory_kb: list[int] = []  # of the worker, after each batch
        self.redis = redis
        self.scraper = scraper
        self._ledger = ledger
        self._worker = worker
        self._read_to = 0
        self._logged_to = 0

    def run(self, batch: Iterable[HostileMessage]) -> None:
        """Sends a batch and then a good message. Fails if one is lost or the worker stops."""
        sent = list(batch)
        for message in sent:
            self.redis.lpush(QUEUE, message.text.encode("utf-8", "surrogatepass"))
        self.run_good()
        self.settle(sent)

    def run_good(self) -> None:
        """Sends a good message, and waits until it has run."""
        parts = good()
        key = f"celery-task-meta-{parts['headers']['id']}"
        began = time.monotonic()
        self.redis.lpush(QUEUE, encode(parts))
        self._wait(lambda: self.redis.exists(key) == 1, "a good message being run")
        self.waits_s.append(time.monotonic() - began)
        self.redis.delete(key)

    def settle(self, sent: list[HostileMessage]) -> None:
        """Waits for the end of all messages and records it. `sent` may have reached the worker in any way."""
        self._wait(self._is_quiet, "an end of all messages")
        places = Places(
            states=read_states(self.redis, sent),
            ran=self._newly_run(),
            dead=[letter.partition("\n")[2] for letter in texts(self.redis.lrange(f"{QUEUE}.dead", 0, -1))],
            parked=texts(self.redis.hvals("unacked")),
            log=self._newly_logged(),
        )
        for message in sent:
            self.counts[self._entry(message, places)] += 1
        self.sent += len(sent)
        assert sum(self.counts.values()) == self.sent
        self.memory_kb.append(self._resident_kb())
        self.redis.delete(f"{QUEUE}.dead", "unacked", "unacked_index", "celery.parked", "elsewhere")

    def check_metrics(self) -> None:
        """Fails if /metrics was not right at all times, or shows what only senders know."""
        scraper = self.scraper
        assert not scraper.problems, "\n".join(scraper.problems)
        print(f"/metrics: {scraper.scrapes} scrapes, {len(scraper.last)} lines at the end")
        assert scraper.scrapes >= 5
        names = scraper.labels("celery_task_received_total", "name")
        assert {name for name in names if not name.startswith("celery.")} == {TASK}

    def _entry(self, message: HostileMessage, places: Places) -> str:
        end = places.end_of(message)
        shown = f"{message.text[:1000]} ... {message.text[-2000:]}"  # the headers are behind a large body
        assert end is not None, f"lost without a word: {shown}\n{places.log[-3000:]}"
        return end

    def _wait(self, condition: object, what: str) -> None:
        assert callable(condition)

        def holds() -> bool:
            assert self._worker.exit_code is None, f"the worker ended:\n{self._worker.log[-6000:]}"
            return bool(condition())

        try:
            wait_until(holds, SETTLED_WITHIN_S, what)
        except AssertionError as error:
            held = texts(self.redis.hvals("unacked"))[:3]
            raise AssertionError(f"{error}\nheld: {held!s:.3000}\n{self._worker.log[-6000:]}") from None

    def _is_quiet(self) -> bool:
        with self.redis.pipeline(
            transaction=True
        ) as look:  # at once: `take` and `restore` move messages both ways
            for step in STEPS:
                look.llen(f"{QUEUE}{step}")
            # Parked until the next year is an end; for a lease, or until a near eta, is not.
            look.zcount("celery.parked", "-inf", (time.time() + 3600) * 1000)
            look.zcard("celery.leases")
            return not any(look.execute())

    def _newly_run(self) -> set[str]:
        ran, self._read_to = read_ran(self._ledger, self._read_to)
        return ran

    def _newly_logged(self) -> str:
        log = self._worker.log
        new, self._logged_to = log[self._logged_to :], len(log)
        return new

    def _resident_kb(self) -> int:
        status = Path(f"/proc/{self._worker.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])
