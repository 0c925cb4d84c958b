"""The options that a user may set, in ``broker_transport_options``."""

import math
import secrets
from dataclasses import dataclass, field
from socket import gethostname

from celery.exceptions import ImproperlyConfigured

from celery_reliable.keys import SEPARATOR, Keys
from celery_reliable.limits import Limits, read_limits
from celery_reliable.types import Settings

MIN_LEASE_S = 0.5
# kombu's time of delivery is renewed every 20 minutes, and a lease must not be longer.
MAX_LEASE_S = 1200.0

# kombu's options that would break compatibility with the Node workers and the scripts.
_FIXED = {
    "ack_emulation": True,
    "sep": SEPARATOR,
    "unacked_key": "unacked",
    "unacked_index_key": "unacked_index",
}


@dataclass(frozen=True)
class Options:
    """The options of one connection, checked.

    ``lease_s``: how soon the messages of a dead worker go to another one. ``max_deliveries``: how many workers a
    message may be lost with before it is buried, 0 = any number. ``dead_letter_limit`` and
    ``dead_letter_max_age_s``: how many dead letters a queue keeps, and for how long, 0 = forever.
    ``limits``: the limits of a single message.
    """

    keys: Keys
    lease_s: float = 60.0
    max_deliveries: int = 5
    dead_letter_limit: int = 10_000
    dead_letter_max_age_s: float = 30 * 86_400.0
    limits: Limits = field(default_factory=Limits)
    worker_name: str = field(default_factory=gethostname)
    tag_prefix: str = ""

    @property
    def lease_ms(self) -> int:
        """The lease in milliseconds, as the scripts take it."""
        return int(self.lease_s * 1000)


_NAMES = ("lease_s", "max_deliveries", "dead_letter_limit", "dead_letter_max_age_s", "worker_name")


def read_options(given: Settings, keys: Keys) -> Options:
    """Return the options among a connection's transport options.

    Raises:
        ImproperlyConfigured: a value is not of its kind; the message names it and what it takes.
    """
    known = {name: given[name] for name in _NAMES if given.get(name) is not None}
    lease_s = known.get("lease_s", 60.0)
    if not _is_number(lease_s) or not MIN_LEASE_S <= lease_s <= MAX_LEASE_S:
        raise _wrong("lease_s", lease_s, f"a number of seconds, from {MIN_LEASE_S:g} to {MAX_LEASE_S:g}")
    if "max_deliveries" in known and not _is_count(known["max_deliveries"], 0):
        raise _wrong("max_deliveries", known["max_deliveries"], "a whole number, 0 or more")
    if "dead_letter_limit" in known and not _is_count(known["dead_letter_limit"], 1):
        raise _wrong("dead_letter_limit", known["dead_letter_limit"], "a whole number, 1 or more")
    max_age_s = known.get("dead_letter_max_age_s", 0)
    if not _is_number(max_age_s) or not 0 <= max_age_s < math.inf:
        raise _wrong("dead_letter_max_age_s", max_age_s, "a number of seconds, 0 or more")
    for name, value in _FIXED.items():
        if given.get(name, value) != value:
            raise _wrong(name, given[name], f"{value!r}, as it cannot be changed for reliable workers")
    worker = str(known.pop("worker_name", None) or gethostname())
    # Random for every process, and followed by a rising number, so that no tag is used twice.
    prefix = f"{worker}/{secrets.token_hex(6)}:"
    return Options(keys=keys, worker_name=worker, tag_prefix=prefix, limits=read_limits(given), **known)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _wrong(name: str, value: object, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"broker_transport_options[{name!r}] is {value!r}: expected {expected}")
