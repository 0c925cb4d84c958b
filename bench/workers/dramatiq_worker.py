"""dramatiq's worker with its Redis broker. It keeps results for a day, as Celery does.

BENCH_URL is the server.
"""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend

DAY_MS = 24 * 3600 * 1000
URL = os.environ["BENCH_URL"]

broker = RedisBroker(url=URL)
broker.add_middleware(Results(backend=RedisBackend(url=URL)))
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name="bench", store_results=True, result_ttl=DAY_MS)
def add(x: int, y: int) -> int:
    """Return the sum: next to no work, so that what is measured is the worker."""
    return x + y
