"""The lease managers of this process: one per broker, while it has users or holds messages."""

import logging
import os
import threading
from collections.abc import Callable

from celery_reliable.clients import own_client, quick_settings
from celery_reliable.keys import Keys
from celery_reliable.lease_manager import LeaseManager
from celery_reliable.measuring import ANSWERS_WITHIN_S
from celery_reliable.options import read_options
from celery_reliable.server_check import check_server
from celery_reliable.tally import Tally
from celery_reliable.types import Channel

logger = logging.getLogger(__name__)


def new_lease_manager(channel: Channel) -> LeaseManager:
    """Return a lease manager whose connections are made like the channel's.

    Raises:
        ImproperlyConfigured: the server would lose messages, or an option is wrong.
    """
    broker = channel.connection.client
    keys = Keys(prefix=channel.global_keyprefix, steps=tuple(channel.priority_steps))
    options = read_options(broker.transport_options, keys)
    commands = own_client(channel._get_pool(), f"{options.worker_name}:tasks")
    for warning in check_server(commands, broker.as_uri()):
        if warning not in _logged:
            _logged.add(warning)
            logger.warning(warning)
    keeping = own_client(channel._get_pool(), f"{options.worker_name}:leases")
    measuring = own_client(channel._get_pool(), f"{options.worker_name}:health")
    measuring.connection_pool.connection_kwargs.update(quick_settings(ANSWERS_WITHIN_S))
    return LeaseManager(commands, keeping, options, measuring)


# Logged warnings about servers, which are not repeated after each outage.
_logged: set[str] = set()
_managers: dict[tuple[int, object], LeaseManager] = {}
# Kept for the next manager: a counter must not begin again at 0 after an outage.
_tallies: dict[tuple[int, object], Tally] = {}
_managers_lock = threading.Lock()


def use_lease_manager(key: object, user: int, make: Callable[[], LeaseManager]) -> LeaseManager:
    """Return this process's manager of a broker, making one if there is none; it lives until ``user`` leaves.

    Raises what ``make`` raises.
    """
    with _managers_lock:
        manager = _managers.get((os.getpid(), key))
        if manager is None:
            manager = _managers[os.getpid(), key] = make()
            manager.tally = _tallies.setdefault((os.getpid(), key), manager.tally)
        manager.users.add(user)
        return manager


def leave_lease_manager(manager: LeaseManager, key: object, user: int) -> None:
    """Note that a user has left; the manager ends with the last one, if nothing is held."""
    with _managers_lock:
        manager.users.discard(user)
        if manager.users or not manager.is_idle:
            return
        if _managers.pop((os.getpid(), key), None) is not None:
            manager.leave()


def unstored_tasks() -> list[str]:
    """The tasks of this process that have ended and whose results are not stored yet, as ``name[id]``."""
    with _managers_lock:
        managers = [manager for (pid, _), manager in _managers.items() if pid == os.getpid()]
    return [task for manager in managers for task in manager.unstored()]
