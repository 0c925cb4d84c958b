"""What the web server remembers of each session's jobs: a JSON file for each, below ``JOBS_FILES_DIR``.

In your own service, this is a table of its database. What a job's tasks are doing is not kept here: the
result backend knows that.
"""

import hashlib
import json
import re
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Record = dict[str, Any]
_POST_WITHIN_S = 30
_NAME = re.compile("[a-f0-9-]{36}")


class Store:
    """The records of all sessions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, session: str, key: str | None, body: object, kind: str) -> tuple[Record, bool]:
        """Keep a new record; returns it, and whether it is new.

        Its id comes from the key, and a file gets its name once, so of two equal POSTs one finds the other's
        record, whichever web server they reach. The caller compares ``hash`` with ``digest_of``.
        """
        record_id = str(uuid.uuid4()) if key is None else digest(f"{session} {key}")
        created_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record: Record = {"id": record_id, "session": session, "kind": kind, "hash": digest_of(kind, body)}
        record |= {"createdAt": created_at, "given": {}, "steps": []}
        file = self._file(session, record_id)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = self._written(record)
        try:
            file.hardlink_to(part)
        except FileExistsError:
            first = self.read(session, record_id)
            return (record, True) if first is None or is_left(first) else (first, False)
        finally:
            part.unlink()
        return record, True

    def save(self, record: Record) -> None:
        """Replace a record, in one step: a reader never sees half of it."""
        self._written(record).replace(self._file(record["session"], record["id"]))

    def remove(self, record: Record) -> None:
        """Remove a record."""
        self._file(record["session"], record["id"]).unlink(missing_ok=True)

    def read(self, session: str, record_id: str) -> Record | None:
        """Return a session's record, or None."""
        if not _NAME.fullmatch(session) or not _NAME.fullmatch(record_id):
            return None
        with suppress(FileNotFoundError):
            record: Record = json.loads(self._file(session, record_id).read_text("utf-8"))
            return record
        return None

    def list(self, session: str) -> list[Record]:
        """Return a session's records, the newest first."""
        names = [file.stem for file in (self.folder / "web" / session).glob("*.json")]
        found = [record for name in names if (record := self.read(session, name)) is not None]
        return sorted(found, key=lambda record: str(record["createdAt"]), reverse=True)

    def _file(self, session: str, record_id: str) -> Path:
        return self.folder / "web" / session / f"{record_id}.json"

    def _written(self, record: Record) -> Path:
        """Return a whole file that has yet to get its name."""
        part = self._file(record["session"], record["id"]).with_suffix(f".{uuid.uuid4()}")
        part.write_text(json.dumps(record), "utf-8")
        return part


def is_made(record: Record) -> bool:
    """Tell whether its tasks were sent, or its dataset made; until then, its POST is at work."""
    return bool(record["steps"]) or (record["kind"] == "dataset" and "rows" in record["given"])


def is_left(record: Record) -> bool:
    """Tell whether it was left by a web server that died in the middle of a POST."""
    age = datetime.now(UTC) - datetime.fromisoformat(record["createdAt"])
    return not is_made(record) and age.total_seconds() > _POST_WITHIN_S


def digest_of(kind: str, body: object) -> str:
    """Return a digest of a POST, by which a second one with the same key is compared."""
    return digest(f"{kind} {json.dumps(body, separators=(',', ':'), ensure_ascii=False)}")


def digest(text: str) -> str:
    """Return a digest in the form of a UUID."""
    return str(uuid.UUID(hashlib.sha256(text.encode()).hexdigest()[:32]))
