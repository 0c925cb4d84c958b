"""Calls every task of signatures.py through the Python client; prints what is wrong with each as JSON."""

import dataclasses
import importlib
import json
import sys
import typing
from datetime import UTC, date, datetime, time  # noqa: F401 - the expressions of signatures.py use them
from decimal import Decimal  # noqa: F401
from typing import Any
from uuid import UUID  # noqa: F401

from tests.clients.signatures import LANGUAGES, SHAPES, has
from tests.clients.values import VALUES

TIMEOUT_S = 20


def value_problem(task: Any, name: str) -> str:
    """Give a task a value; what it saw and what it gave back must be that value."""
    case = VALUES[name]
    here = typing.get_type_hints(task._declared, localns={})["value"]
    value = eval(case.python, globals(), {"here": here})  # noqa: S307
    result = task.delay(value).get(timeout=TIMEOUT_S)
    if result.seen != case.seen:
        return f"the worker saw {result.seen!r}, not {case.seen!r}"
    if repr(result.value) != repr(value):
        return f"{result.value!r} came back, not {value!r}"
    return ""


def shape_problem(task: Any, name: str) -> str:
    """Call a task; its parameters must have got the arguments."""
    case = SHAPES[name]
    result = eval(f"task.delay{case.python}", {"task": task}).get(timeout=TIMEOUT_S)  # noqa: S307
    return "" if result.seen == case.seen else f"the worker saw {result.seen!r}, not {case.seen!r}"


def problem(check: Any, folder: Any, name: str) -> str:
    try:
        return str(check(getattr(folder, name, None) or getattr(folder, f"{name}_"), name))
    except Exception as error:  # the test shows it
        return repr(error)


url, package = sys.argv[1:]
contract = vars(importlib.import_module(f"{package}.contract"))
# The expressions make dataclasses.
globals().update({name: value for name, value in contract.items() if dataclasses.is_dataclass(value)})
jobs: Any = importlib.import_module(package).connect(url)
found: dict[str, str] = {}
for language in LANGUAGES:
    tasks = getattr(jobs, language)
    found |= {f"{language}.values.{name}": problem(value_problem, tasks.values, name) for name in VALUES}
    shapes = [name for name in SHAPES if has(language, name)]
    found |= {f"{language}.shapes.{name}": problem(shape_problem, tasks.shapes, name) for name in shapes}
sys.stdout.write(json.dumps(found))
