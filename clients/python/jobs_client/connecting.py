"""The entry point: all tasks, on a connection that opens with the first call."""

import os

from .connection import Connection
from .contract import CONTRACT, HASHES, Jobs

SERVER = "redis://127.0.0.1:6379/0"


def connect(
    broker_url: str | None = None,
    *,
    result_backend: str | None = None,
    global_keyprefix: str | None = None,
    check_contract: bool = True,
) -> Jobs:
    """Return the tasks. Nothing is sent before the first call.

    Omitted arguments come from ``JOBS_BROKER_URL``, ``JOBS_RESULT_BACKEND`` (default: the broker's URL)
    and ``JOBS_GLOBAL_KEYPREFIX``.

    After the first call, the process asks the workers for their contract, in the background, and logs one
    warning when tasks differ from this client's. ``check_contract=False`` turns that off.

    Raises:
        ValueError: The results' URL has an unknown scheme, a parameter of sentinels is wrong, or a package
            is missing.

    """
    env = os.environ
    broker = broker_url or env.get("JOBS_BROKER_URL") or SERVER
    # A given broker does not mix with the environment's results: they may be of another installation.
    results = result_backend or (None if broker_url else env.get("JOBS_RESULT_BACKEND")) or broker
    prefix = env.get("JOBS_GLOBAL_KEYPREFIX", "") if global_keyprefix is None else global_keyprefix
    contract = (CONTRACT, HASHES) if check_contract else None
    return Jobs(Connection(broker, results, prefix, contract))
