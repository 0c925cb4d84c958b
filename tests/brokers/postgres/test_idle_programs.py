"""A JavaScript program with results in PostgreSQL ends with 0, although nothing else keeps it alive."""

from pathlib import Path

from tests.brokers import idle
from tests.support.valkey import ValkeyServer

from .server import PostgresServer

STEPS = {
    "asked": 'await app.AsyncResult("none").state;',
    "asked before": 'await app.AsyncResult("none").state; await idle();',
    "waited": 'await app.AsyncResult("none").get({ timeout: 0.5 }).catch(() => {});',
    "stores": 'await app.GroupResult("group", []).save(); await idle();',
}


def test_closing_ends_an_idle_program(
    valkey: ValkeyServer, module_postgres: PostgresServer, tmp_path: Path
) -> None:
    found = {
        name: idle.run(steps, tmp_path, valkey.url, module_postgres.url) for name, steps in STEPS.items()
    }

    assert found == dict.fromkeys(STEPS, idle.GOOD)
