"""What is revoked stays revoked: for workers that start later, and after a restart."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

from .control import Controlled
from .ledger import Ledger
from .workers import Kind, StartWorker, Target


@pytest.mark.parametrize(("kind", "neighbour"), [(Kind.PYTHON, "js"), (Kind.NODE, "py")])
def test_what_a_neighbour_has_revoked_does_not_run_on_a_worker_that_starts_later_or_starts_again(
    kind: Kind,
    neighbour: str,
    controlled: Mapping[str, Controlled],
    control_server: ValkeyServer,
    tmp_path: Path,
    ledger: Ledger,
) -> None:
    known = controlled[neighbour]
    queue = Target(known.app, f"later-{kind}")
    workers = WorkerFactory(control_server.url, tmp_path / "workers")
    start = StartWorker(workers, control_server.url)
    revoked = str(uuid4())

    def run(**options: Any) -> Program:
        """A worker that finds the revoked task in its queue, and one after it."""
        queue.send("work.record", (ledger.path, "never"), task_id=revoked)
        settings = {"worker_state_db": str(tmp_path / "state")}
        program = start(kind, queues=queue.queue, concurrency=1, celery=settings, **options)
        assert queue.call("basic.add", (1, 2)) == 3
        return program

    assert "flagged as revoked" in known.tell("revoke", task_id=revoked)["ok"]
    assert run(mingle=True).stop() == 0
    assert run(mingle=False).stop() == 0
    assert not ledger.labels("start")
    workers.close()
