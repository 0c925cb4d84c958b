"""Checks those arguments of control commands whose wrong values would cause errors only after the answer.

Any other error in a command's arguments is raised by Celery's own function, and is its answer. The Node
workers check the same (``worker/control/panel.js``), in the same words.
"""

import json
import math
import re
import signal
from collections.abc import Callable, Mapping
from itertools import chain
from typing import NamedTuple

from celery_reliable.types import Json

# Also half of a surrogate pair, which no key can have.
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Kind(NamedTuple):
    """A kind of value: its test, and its name in errors."""

    fits: Callable[[Json], bool]
    expected: str


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_pool_size(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_SLOTS


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and value != ""


def _is_name(value: Json) -> bool:
    return _is_id(value) and not _CONTROL_CHARACTER.search(value)


def _is_id(value: Json) -> bool:
    return _is_text(value) and len(value) <= _MAX_ID


def _are_ids(value: Json) -> bool:
    return len(value) <= _MAX_IDS and all(map(_is_id, value)) if isinstance(value, list) else _is_id(value)


def _are_revoked(value: Json) -> bool:
    return _are_ids(list(value) if isinstance(value, dict) else value)


def _are_items(value: Json) -> bool:
    return not isinstance(value, list) or len(value) <= _MAX_ITEMS


def _are_stamps(value: Json) -> bool:
    if isinstance(value, list):
        return len(value) <= _MAX_IDS and all(map(_is_id, value))
    if not isinstance(value, dict):
        return True  # Celery's own error
    stamps = [each if isinstance(each, list) else [each] for each in value.values()]
    return sum(map(len, stamps)) <= _MAX_IDS and all(map(_is_stamp, [*value, *chain.from_iterable(stamps)]))


def _is_stamp(value: Json) -> bool:
    return len(value) <= _MAX_ID if isinstance(value, str) else not isinstance(value, (dict, list))


def _is_rate(value: Json) -> bool:
    return (isinstance(value, str) and len(value) <= _MAX_RATE) or (_is_number(value) and value >= 0)


def _is_signal(value: Json) -> bool:
    if value is None or value == "":
        return True
    if isinstance(value, str):
        return value.removeprefix("SIG") in _ENDING
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and value in [getattr(signal, f"SIG{name}") for name in _ENDING]


# A name for keys and log lines, without control characters.
_NAME = Kind(_is_name, "a name")
# The ids that Celery's workers remember (REVOKES_MAX), and the longest that a task has.
_MAX_IDS = 50_000
_MAX_ID = 2_048
# How much of an unknown argument's name an error shows.
_SHOWN = 200
_TASK_IDS = Kind(_are_ids, f"a task's id, or an array of at most {_MAX_IDS} of them")
_REVOKED = Kind(_are_revoked, _TASK_IDS.expected)
_STAMPS = Kind(_are_stamps, f"at most {_MAX_IDS} stamps: numbers, and strings of at most {_MAX_ID} characters")
# The longest rate as text.
_MAX_RATE = 255
# How many attributes of every task may be asked for.
_MAX_ITEMS = 100
_ITEMS = Kind(_are_items, f"an array of at most {_MAX_ITEMS} names")
# Those that end a task, unless it handles them. A process that was stopped would keep its slot.
_ENDING = ("TERM", "KILL", "INT", "QUIT", "HUP", "USR1", "USR2", "ABRT")
_SIGNAL = Kind(_is_signal, f"one of {', '.join(_ENDING)}")
_DURATION = Kind(lambda value: _is_number(value) and value >= 0, "a number of seconds, 0 or more")
# More slots than any machine has room for.
_MOST_SLOTS = 1_000
_POOL_SIZE = Kind(_is_pool_size, f"a whole number from 0 to {_MOST_SLOTS}")
_RATE = Kind(_is_rate, "a number of tasks a second, or a string such as 10/s, 10/m or 10/h")
_EXCHANGE_TYPE = Kind(lambda value: value in ("direct", "topic", "fanout"), "one of direct, topic, fanout")

# Command -> argument -> what it takes; optional ones may also be null.
_ARGUMENTS: Mapping[str, Mapping[str, Kind]] = {
    "add_consumer": {"queue": _NAME, "exchange": _NAME, "exchange_type": _EXCHANGE_TYPE, "routing_key": _NAME},
    "cancel_consumer": {"queue": _NAME},
    "rate_limit": {"task_name": _NAME, "rate_limit": _RATE},
    "time_limit": {"task_name": _NAME, "soft": _DURATION, "hard": _DURATION},
    "autoscale": {"max": _POOL_SIZE, "min": _POOL_SIZE},
    "pool_grow": {"n": _POOL_SIZE},
    "pool_shrink": {"n": _POOL_SIZE},
    "revoke": {"task_id": _TASK_IDS, "signal": _SIGNAL},
    "terminate": {"task_id": _TASK_IDS, "signal": _SIGNAL},
    "revoke_by_stamped_headers": {"headers": _STAMPS, "signal": _SIGNAL},
    "hello": {"revoked": _REVOKED},
    "registered": {"taskinfoitems": _ITEMS},
    "dump_tasks": {"taskinfoitems": _ITEMS},
}
_REQUIRED = frozenset({"queue", "task_name", "task_id", "n"})


def check_arguments(command: str, arguments: Mapping[str, object]) -> None:
    """Raise TypeError for an argument that the command cannot use."""
    for name in arguments:
        if len(name) > _MAX_ID:
            raise TypeError(f"{command}() got an unexpected keyword argument '{name[:_SHOWN]}...'")
    for name, kind in _ARGUMENTS.get(command, {}).items():
        value = arguments.get(name)
        if name not in arguments or (value is None and name not in _REQUIRED) or kind.fits(value):
            continue
        raise TypeError(f"{command}() argument '{name}' must be {kind.expected}, not {_shown(value)}")


def _shown(value: Json) -> str:
    if isinstance(value, dict):
        return "an object"
    return "an array" if isinstance(value, list) else json.dumps(value)[:80]
