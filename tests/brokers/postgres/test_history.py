"""The queries of docs/results.md, word for word, over rows that workers of both languages have stored."""

import re
from pathlib import Path
from typing import Any

import pytest

from scripts.paths import ROOT
from tests.support.valkey import ValkeyServer

from .fleet import QUEUES, workers
from .server import PostgresServer

PAGE = (ROOT / "docs" / "results.md").read_text()
# By the heading; the last one below it.
QUERIES = {
    section.split("\n", 1)[0]: re.findall(r"```sql\n(.*?)```", section, re.DOTALL)[-1]
    for section in re.split("^### ", PAGE, flags=re.MULTILINE)
    if "```sql" in section
}
[COLUMN] = re.findall(r"```sql\n(ALTER TABLE.*?)```", PAGE, re.DOTALL)


@pytest.mark.timeout(180)
def test_the_queries_of_the_page_answer(
    valkey: ValkeyServer, postgres: PostgresServer, tmp_path: Path
) -> None:
    with workers(
        valkey, postgres.url, tmp_path, "reliable", "js", task_track_started=True, task_acks_late=True
    ) as (app, _):
        app.send_task("conformance.basic.add", [0, 0], queue=QUEUES["js"]).get(timeout=30)
        postgres.sql(COLUMN)

        def send(kind: str, task: str, *args: Any, **options: Any) -> Any:
            return app.send_task(f"conformance.{task}", args, queue=QUEUES[kind], **options)

        link = app.signature("conformance.basic.add", args=(10,), queue=QUEUES["js"])
        roots = {}
        for kind in ("reliable", "js"):
            roots[kind] = send(kind, "basic.add", 1, 2, link=link)
            assert roots[kind].get(timeout=30) == 3
            [child] = roots[kind].children
            child.get(timeout=30)
            failed = send(kind, "basic.add", 1)
            failed.get(timeout=30, propagate=False)
            times = 1 if kind == "js" else 2
            assert send(kind, "retries.retry_until", times).get(timeout=30) == times

        failures = postgres.sql(QUERIES["Failures by task and day"])
        slowest = postgres.sql(QUERIES["The slowest tasks"])
        tree = {kind: postgres.sql(of_root(root.id)) for kind, root in roots.items()}
        by_worker = postgres.sql(QUERIES["By worker"])
        retries = postgres.sql(QUERIES["Retries"])

    assert [row.split("|")[1:] for row in failures] == [["conformance.basic.add", "2", "TypeError"]]
    assert retries == ["conformance.retries.retry_until|2|3|2|0"]
    assert len(slowest) >= 6
    assert all(re.search(r"\|0:00:\d\d", row) for row in slowest[:6]), slowest
    for rows in tree.values():
        assert [row.split("|")[0] for row in rows] == ["0", "1"]
    assert [row.split("|")[1:3] for row in by_worker] == [["6", "1"], ["3", "1"]]


def of_root(task_id: str) -> str:
    query: str = QUERIES["Everything that a task has started"]
    return query.replace("ROOT-ID", task_id)
