"""Celery's Redis result backend, whose rule that a stored SUCCESS stays holds at every moment.

Stock Celery looks first and stores then (``BaseKeyValueStoreBackend._store_result``): a worker that was slow to note a
retry overwrites what the retried task has stored meanwhile.
"""

from typing import Any

from celery import states
from celery.backends.redis import RedisBackend as CeleryRedisBackend
from celery.exceptions import BackendStoreError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError

from celery_reliable import scripts
from celery_reliable.keys import Keys


class RedisBackend(CeleryRedisBackend):
    """Stores and publishes a result in one step, unless a SUCCESS is there; as the Node workers do (``settle.lua``)."""

    # Celery's own, which its types do not mention.
    expires: int | None
    failure_expires: int | None
    _MAX_STR_VALUE_SIZE: int

    def _set_with_state(self, key: str | bytes, value: str | bytes, state: str) -> Any:
        """Store a task's result (mirrors ``RedisBackend._set_with_state``).

        Raises:
            BackendStoreError: the result is larger than a Redis string may be.
        """
        if len(value) > self._MAX_STR_VALUE_SIZE:
            raise BackendStoreError("value too large for Redis backend")
        expires = self.failure_expires if state == states.FAILURE else self.expires
        return self.ensure(self._store, (key, value, int(expires or 0)))

    def _store(self, key: str | bytes, value: str | bytes, expires_s: int) -> None:
        name = key.decode() if isinstance(key, bytes) else key
        # One result, and no message to acknowledge with it.
        args: list[scripts.Argument] = ["", expires_s, "", "", value]
        try:
            scripts.run(self.client, "settle", [*Keys().of_held(), name], args)
        except OutOfMemoryError as error:
            # Stock Celery would fail a task that has succeeded. A full server is waited for, like one that is away.
            raise RedisConnectionError(f"the server is full: {error}") from error
