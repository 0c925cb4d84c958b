"""The users of docs/settings.md ("Server users"), as a server's access control (ACL) knows them."""

import re
from typing import Any

from redis import Redis

from scripts.paths import ROOT

PASSWORD = "pw"  # noqa: S105


def rule(row: str) -> list[str]:
    """Return the words of the rule in a row of the tables. Raises AssertionError without such a row."""
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    match = re.search(rf"^\| {re.escape(row)} \| `([^`]+)`", text, re.MULTILINE)
    assert match, f"docs/settings.md has no rule for {row!r}"
    return match[1].split()


def create_user(redis: Redis, name: str, *words: str) -> str:
    """Make a user with a rule and nothing else; returns the server's URL for it."""
    command: Any = redis.execute_command
    command("ACL", "SETUSER", name, "reset", "on", f">{PASSWORD}", *words)
    connection = redis.connection_pool.connection_kwargs
    return f"redis://{name}:{PASSWORD}@{connection['host']}:{connection['port']}/0"


def refusals(redis: Redis) -> list[str]:
    """What the server has refused its users since the last call: a command, key or channel each."""
    entries = redis.acl_log()
    redis.acl_log_reset()
    return [f"{entry['username']}: {entry['reason']} {entry['object']}" for entry in entries]
