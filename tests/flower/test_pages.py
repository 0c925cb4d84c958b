"""Flower's pages show workers and tasks of both languages, and their buttons work."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts import server
from scripts.paths import DATA
from tests.conformance.control import Controlled
from tests.conformance.ledger import Ledger
from tests.support.flower import PASSWORD, USER, Flower
from tests.support.waiting import wait_until

SCRIPT = Path(__file__).with_name("pages.mjs")
PICTURES = DATA / "flower"


@pytest.fixture
def tasks(cluster: Mapping[str, Controlled], flower: Flower, ledger: Ledger) -> dict[str, str]:
    """Two of JavaScript, by what has become of them."""
    queue = cluster["js"].queue
    failed = queue.send("errors.fail", ("the bill is too high",)).id
    revoked = queue.send("work.record", (ledger.path, "revoked"), countdown=60).id
    flower.task(failed, "FAILURE")
    flower.task(revoked, "RECEIVED")
    return {"failed": failed, "revoked": revoked}


def test_the_pages_show_workers_and_tracebacks_and_can_revoke(
    browser: str, cluster: Mapping[str, Controlled], flower: Flower, tasks: Mapping[str, str]
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    given = {"browser": browser, "url": f"http://{server.HOST}:{flower.port}", "pictures": str(PICTURES)}
    login = {"user": USER, "password": PASSWORD}
    command = ["node", str(SCRIPT), json.dumps({**given, **login, **tasks})]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)

    rows = {row.split()[0]: row for row in seen["workers"]}
    assert sorted(rows) == sorted(worker.name for worker in cluster.values())
    assert all("Online" in row for row in rows.values())
    assert "the bill is too high" in seen["failed"]
    assert "errors.js" in seen["failed"], "the traceback"
    assert tasks["revoked"] in seen["answer"]
    wait_until(lambda: tasks["revoked"] in cluster["js"].tell("revoked"), what="the revocation")
