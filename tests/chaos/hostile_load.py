"""Sends hostile messages among the jobs, and looks on the server for what became of them."""

import time
from collections.abc import Sequence
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.hostile.messages import HostileMessage
from tests.hostile.places import Places, is_text_of, read_ran, read_states, texts

from .facts import Language
from .fleet import QUEUES
from .hostile import HostileAccount, account_for
from .load import ANSWER_WITHIN_S
from .remains import dead_letters, id_in, repeated

# No job is parked for so long: what is, is a hostile message, and that is its end.
PARKED_FOR_S = 3600.0


class HostileLoad:
    """Sends one message after every so many jobs, through the client's port."""

    def __init__(self, port: int, messages: Sequence[tuple[Language, HostileMessage]], every: int) -> None:
        # Like the client of the jobs, it never sends a message twice by itself.
        self._redis = Redis(port=port, socket_timeout=ANSWER_WITHIN_S, retry=Retry(NoBackoff(), 0))
        self._messages = messages
        self._every = every
        self.sent: list[HostileMessage] = []
        self._in_doubt: list[HostileMessage] = []
        self._parked: list[str] = []

    def close(self) -> None:
        """Let go of the server."""
        self._redis.close()

    def send_after(self, jobs: int) -> None:
        """Send the message that is due after so many jobs, if one is."""
        if not self._messages or jobs % self._every:
            return
        language, message = self._messages[jobs // self._every - 1]
        self.sent.append(message)
        try:
            self._redis.lpush(QUEUES[language], message.text.encode("utf-8", "surrogatepass"))
        except RedisError:
            self._in_doubt.append(message)

    def take_parked(self, redis: Redis) -> None:
        """Remove messages that are parked for long, so that all remaining ones are violations."""
        if self._messages:
            self._parked += repeated(lambda: _take_parked(redis))

    def account(self, redis: Redis, folder: Path, ledger: Path) -> HostileAccount:
        """Return the account of all sent messages, when all work is done."""
        places = Places(
            states=read_states(redis, self.sent),
            ran=read_ran(ledger)[0],
            dead=[letter.partition("\n")[2] for letter in dead_letters(redis)],
            parked=self._parked,
            log="".join(log.read_text(errors="replace") for log in folder.glob("*.log")),
        )
        return account_for(self.sent, self._in_doubt, places)

    def is_hostile(self, letter: str) -> bool:
        """Whether a dead letter is one of the messages."""
        text = letter.partition("\n")[2]
        return any(is_text_of(message, text) for message in self.sent)


def _take_parked(redis: Redis) -> list[str]:
    after_ms = (time.time() + PARKED_FOR_S) * 1000
    tags = texts(redis.zrangebyscore("celery.parked", after_ms, "+inf"))
    records = texts([record for record in redis.hmget("unacked", tags) if record is not None]) if tags else []
    if not records:
        return []
    with redis.pipeline(transaction=True) as pipe:
        pipe.hdel("unacked", *tags)
        # By the id of its task: it came back from a lost worker before it was parked.
        pipe.hdel("celery.deliveries", *map(id_in, records))
        for key in ("unacked_index", "celery.parked"):
            pipe.zrem(key, *tags)
        pipe.execute()
    return records
