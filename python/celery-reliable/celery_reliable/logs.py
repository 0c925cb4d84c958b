"""The log of a Python worker, in the two formats of a Node worker (celery-js): lines to read, or JSON.

A JSON line has ``time``, ``level``, ``logger``, ``message`` and ``worker``; about a task also ``task``, ``task_id``,
``root_id``, ``parent_id``, ``trace_id``, ``queue`` and ``runtime_s``; of an error ``error.type``, ``error.message``
and ``error.stack``. What code adds with ``extra={...}`` is in it too. A task's logger is Celery's ``get_task_logger``.
"""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

from celery import signals
from celery._state import get_current_task
from celery.apps import worker as celery_worker
from celery.worker import state

from celery_reliable.banner import banner_lines, facts
from celery_reliable.received import received
from celery_reliable.traces import trace_id
from celery_reliable.types import App, Settings, TaskRequest, Worker

# As a Node worker writes them. Celery's default also has the process.
LINE = "[%(asctime)s] %(levelname)s: %(message)s"
TASK_LINE = "[%(asctime)s] %(levelname)s: %(task_name)s[%(task_id)s]: %(message)s"

# The attributes of every record, and those that Celery adds: all others are a program's own.
_KNOWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "data", "task_name", "task_id", "taskName"}

logger = logging.getLogger("celery.worker")


def use_log_format(app: App, form: str) -> None:
    """Have an app's workers and ``celery beat`` log as ``form`` says: pretty, json, or empty for pretty on a terminal.

    Three lines, or one JSON line, replace a worker's banner. Celery's own settings for formats
    (``worker_log_format``, ``worker_task_log_format``) keep their meaning for pretty lines.
    """
    _ = app.conf.broker_url  # Celery reads an app's settings when the first one is accessed
    explicit = app.conf.without_defaults()
    for name, form_of_line in (("worker_log_format", LINE), ("worker_task_log_format", TASK_LINE)):
        if name not in explicit:
            app.conf[name] = form_of_line
    log = _Log(app, form)
    signals.celeryd_init.connect(log.on_init, weak=False)
    signals.celeryd_after_setup.connect(log.on_start, weak=False)
    signals.after_setup_logger.connect(log.on_logger, weak=False)
    signals.after_setup_task_logger.connect(log.on_logger, weak=False)


class _Log:
    """The log of one app's programs."""

    def __init__(self, app: App, form: str) -> None:
        self._app = app
        self._form = form
        self._formatter = JsonFormatter()
        self._shows_banner = False
        self._is_json = False

    def on_init(self, sender: str, instance: Worker, **_: object) -> None:
        """Replace a worker's banner, before it is shown."""
        if instance.app is self._app:
            self._formatter.worker = sender
            self._shows_banner = not instance.quiet
            instance.quiet = True

    def on_logger(self, logger: logging.Logger, logfile: str | None, **_: object) -> None:
        """Set the format of a logger that Celery has set up."""
        is_terminal = logfile is None and (sys.__stderr__ is not None and sys.__stderr__.isatty())
        self._is_json = self._form == "json" or (not self._form and not is_terminal)
        if not self._is_json:
            return
        for handler in logger.handlers:
            handler.setFormatter(self._formatter)
        celery_worker.safe_say = self._say  # type: ignore[attr-defined]

    def on_start(self, instance: Worker, **_: object) -> None:
        """Log the facts about a worker, in place of Celery's banner."""
        if not self._shows_banner or instance.app is not self._app:
            return
        if self._is_json:
            logger.info("%s starting", instance.hostname, extra=facts(instance))
        else:
            print(*banner_lines(instance.hostname, facts(instance)), sep="\n", file=sys.__stdout__, flush=True)

    def _say(self, msg: str, f: TextIO | None = sys.__stderr__) -> None:
        """Print a signal handler's message without the locks of logging (``celery.apps.worker.safe_say``)."""
        record = logging.makeLogRecord({"name": logger.name, "msg": msg, "levelname": "INFO"})
        if f is not None:
            os.write(f.fileno(), (self._formatter.format(record) + "\n").encode())


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object. ``worker`` is the name of the worker; empty outside of one."""

    worker = ""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Values that JSON does not know are written as their ``repr``."""
        error = self._error(record)
        line = {
            "level": record.levelname.lower(),
            "time": _time(record.created),
            "worker": self.worker,
            "logger": record.name,
            **_task_fields(record),
            **{name: value for name, value in vars(record).items() if name not in _KNOWN},
            **({"error": error} if error else {}),
            "message": record.getMessage().strip(),
        }
        present = {name: value for name, value in line.items() if not _is_missing(value)}
        try:
            return _encode(present)
        except (TypeError, ValueError):
            return _encode({name: _encodable(value) for name, value in present.items()})

    def _error(self, record: logging.LogRecord) -> dict[str, str] | None:
        if not record.exc_info or record.exc_info[1] is None:
            return None
        error = record.exc_info[1]
        stack = record.exc_text or self.formatException(record.exc_info)
        return {"type": type(error).__name__, "message": str(error)[:_LONGEST_ERROR], "stack": stack}


# The longest text of an error, in characters: the sender of a message may choose it.
_LONGEST_ERROR = 16_384
_encode = json.JSONEncoder(default=repr, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value)  # an array cannot be compared with ""


def _encodable(value: object) -> object:
    """Return the value, or its ``repr`` if it has a NaN or a key that is not text, or contains itself."""
    try:
        _encode(value)
    except (TypeError, ValueError):
        return repr(value)
    return value


def _time(created: float) -> str:
    return datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _task_fields(record: logging.LogRecord) -> Settings:
    """Return the fields of a line's task: the one that Celery names in it, else the running one."""
    data = getattr(record, "data", None)
    data = data if isinstance(data, dict) else {}
    task = get_current_task()
    task_id = data.get("id") or _id_in(record.args)
    request = task.request if task else None
    if task and request and request.id and task_id in (None, request.id):
        found = request_fields(task.name, request)
    elif (known := state.requests.get(task_id) or received(task_id)) is not None:
        found = request_fields(known.name, known)
    else:
        found = {"task": data.get("name"), "task_id": task_id}
    return {**found, "runtime_s": data.get("runtime")}


def request_fields(name: str, request: TaskRequest) -> Settings:
    """Return the fields about a task: its name, its ids and its queue.

    ``request``: what the task reads as ``self.request``, or the worker's own request.
    """
    return {
        "task": name,
        "task_id": request.id,
        "root_id": request.root_id or request.id,
        "parent_id": request.parent_id,
        "trace_id": trace_id(request),
        "queue": (request.delivery_info or {}).get("routing_key"),
    }


def _id_in(args: object) -> str | None:
    """Return the id of a task of this worker among a record's arguments, where Celery's sentences have it."""
    values = args if isinstance(args, tuple) else ()
    return next((value for value in values if isinstance(value, str) and value in state.requests), None)
