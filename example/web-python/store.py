"""Stores a record of each session's jobs: a JSON file per job, below ``JOBS_FILES_DIR``.

In your own service, use a table of its database. The states of a job's tasks are not stored here, but in the
result backend.
"""

import hashlib
import json
import logging
import re
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# id, session, kind, hash of its POST's body, createdAt, given (the arguments of its tasks; for a dataset, its
# columns and rows), steps (name, taskId, parts), resumedAt, resumedBy (the Idempotency-Key of that POST),
# replaced (stopped steps that were sent again), unsent (the stopped step's task in the last attempt to send
# it again, if that failed), cancelled, final (its final view)
Record = dict[str, Any]
_NAME = re.compile("[a-f0-9-]{36}")
_WITHDRAWN = "cancelled"
LOG = logging.getLogger("uvicorn.error")


def new_record(session: str, key: str | None, kind: str, body: object) -> Record:
    """Return a record that is not stored yet. Its id comes from the Idempotency-Key."""
    record_id = str(uuid.uuid4()) if key is None else _digest(f"{session} {key}")
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    record: Record = {"id": record_id, "session": session, "kind": kind, "hash": _digest(f"{kind} {text}")}
    return record | {"createdAt": "", "given": {}, "steps": []}


def timestamp() -> str:
    """Return the time as JavaScript writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Store:
    """The records of all sessions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, record: Record) -> Record:
        """Store a record unless one with its id exists. Return the stored one: this, or the first one.

        Only one file can get the name, so of two POSTs with one key one finds the other's record, even on
        different web servers.
        """
        file = self._file(record["session"], record["id"])
        file.parent.mkdir(parents=True, exist_ok=True)
        record["createdAt"] = timestamp()
        is_stored = _create_once(file, json.dumps(record))
        return record if is_stored else self.read(record["session"], record["id"]) or record

    def save(self, record: Record) -> None:
        """Replace a record, in one step: a reader never sees half of it."""
        file = self._file(record["session"], record["id"])
        _write_temporary(file, json.dumps(record)).replace(file)

    def remove(self, record: Record) -> None:
        """Remove a record."""
        self._file(record["session"], record["id"]).unlink(missing_ok=True)

    def read(self, session: str, record_id: str) -> Record | None:
        """Return a session's record, or None. Raise ValueError if its file has none."""
        if not _NAME.fullmatch(session) or not _NAME.fullmatch(record_id):
            return None
        with suppress(FileNotFoundError):
            return _parsed(self._file(session, record_id).read_text("utf-8"), record_id)
        return None

    def unfinished(self) -> "list[Record]":
        """Return the records of all sessions whose jobs have not ended."""
        sessions = [folder.name for folder in (self.folder / "web").glob("*")]
        found = [record for session in sessions for record in self.list(session)]
        return [record for record in found if record["steps"] and not record.get("final")]

    def list(self, session: str) -> list[Record]:
        """Return a session's records, the newest first, without those that cannot be read."""
        names = [file.stem for file in (self.folder / "web" / session).glob("*.json")]
        found = [record for name in names if (record := self._read_or_skip(session, name)) is not None]
        return sorted(found, key=lambda record: str(record["createdAt"]), reverse=True)

    def _read_or_skip(self, session: str, record_id: str) -> Record | None:
        """Return a record. One that cannot be read must not hide the others."""
        try:
            return self.read(session, record_id)
        except (OSError, ValueError):
            LOG.exception("the record of job %s cannot be read", record_id)
            return None

    def withdraw(self, task_id: str) -> bool:
        """Withdraw a mail unless it was sent or is being sent: its task claims the same file before sending.

        Return whether it is withdrawn; if not, it is being sent, or was.
        """
        file = self.folder / f"mail-{task_id}"
        while not _create_once(file, _WITHDRAWN):
            with suppress(FileNotFoundError):  # a task whose mail was refused has removed its claim meanwhile
                return file.read_text("utf-8") == _WITHDRAWN
        return True

    def resume(self, task_id: str, record: Record) -> Record | None:
        """Replace the record of a stopped job once. Return it to the one caller that sends the job.

        ``task_id`` is that of the step that stopped, or that could not be sent again. The first caller's
        claim names a file with its new record; renaming that file replaces the old record. If a server is
        killed in between, the next caller renames the file.
        """
        file = self._file(record["session"], record["id"])
        part = _write_temporary(file, json.dumps(record))
        claim = self.folder / f"resumed-{task_id}"
        if not _create_once(claim, part.name):
            part.unlink()
        claimed = file.with_name(claim.read_text("utf-8"))
        with suppress(FileNotFoundError):
            resumed: Record = json.loads(claimed.read_text("utf-8"))
            claimed.replace(file)
            return resumed
        return None

    def mark_as_cancelled(self, task_id: str) -> None:
        """Leave a file that the task checks, because a worker that is away does not receive the command."""
        (self.folder / f"cancelled-{task_id}").touch()

    def remove_parts(self, step: Record) -> None:
        """Remove what the parts of a step that has ended have written."""
        for task_id in step["parts"]:
            (self.folder / f"part-{task_id}.csv").unlink(missing_ok=True)

    def _file(self, session: str, record_id: str) -> Path:
        return self.folder / "web" / session / f"{record_id}.json"


def _parsed(text: str, record_id: str) -> Record:
    record: Any = json.loads(text)
    kinds = {"createdAt": str, "steps": list}
    is_record = isinstance(record, dict) and record.get("id") == record_id
    if is_record and all(isinstance(record.get(name), kind) for name, kind in kinds.items()):
        return dict(record)
    raise ValueError("the file is JSON, but not this job's record")


def _create_once(file: Path, content: str) -> bool:
    """Write a file unless it exists. Return whether it was written."""
    part = _write_temporary(file, content)
    try:
        file.hardlink_to(part)
    except FileExistsError:
        return False
    finally:
        part.unlink()
    return True


def _write_temporary(file: Path, content: str) -> Path:
    """Return the path of a complete file, to be renamed or linked."""
    part = file.with_name(f"{file.name}.{uuid.uuid4()}")
    part.write_text(content, "utf-8")
    return part


def _digest(text: str) -> str:
    """Return a digest in the form of a UUID."""
    return str(uuid.UUID(hashlib.sha256(text.encode()).hexdigest()[:32]))
