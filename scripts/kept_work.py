"""Finds tasks and dead letters in the data of embedded servers, before `make clean` deletes it."""

import json
import socket
from pathlib import Path
from typing import BinaryIO

from scripts import server
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import DATA, LOGS
from scripts.processes import ProcessGroup

FOLDER = DATA / "valkey"
ANSWERS_WITHIN_S = 10.0

# Queues and dead letters are lists, and `unacked` is the hash of the messages that workers hold
# (docs/delivery.md). A pidbox contains answers of remote control whose reader has gone.
COUNT = """
local counts = {tasks = 0, dead = 0}
for _, key in ipairs(redis.call("KEYS", "*")) do
  local kind = redis.call("TYPE", key).ok
  if kind == "list" and not key:find("pidbox", 1, true) then
    local what = key:find("%.dead$") and "dead" or "tasks"
    counts[what] = counts[what] + redis.call("LLEN", key)
  elseif kind == "hash" and key:find("unacked$") then
    counts.tasks = counts.tasks + redis.call("HLEN", key)
  end
end
return cjson.encode(counts)
"""


def folders() -> list[Path]:
    """Returns the data folders of `make up`, one for each port."""
    return sorted(found.parent for found in FOLDER.glob("*/appendonlydir"))


def describe(interruption: Interruption, folder: Path) -> str:
    """Describes a folder's tasks and dead letters for the user; empty if there are none.

    Starts a server on the folder for a moment. Raises CommandFailed if its server runs already.
    """
    if _is_served(folder):
        raise CommandFailed(f"`make up` runs on port {folder.name} with data in .data/: stop it first")
    try:
        counts = _count(interruption, folder)
    except (CommandFailed, OSError, ValueError):
        return "unreadable data, as its server does not start"
    found = [(counts["tasks"], "task"), (counts["dead"], "dead letter")]
    return " and ".join(f"{count} {what}{'s' if count > 1 else ''}" for count, what in found if count)


def _is_served(folder: Path) -> bool:
    """Tells whether this folder's server runs, on the port in the folder's name."""
    if not folder.name.isdigit():
        return False
    try:
        return str(folder) in _ask(int(folder.name), "CONFIG", "GET", "dir")
    except (OSError, ValueError):  # another program listens there
        return False


def _count(interruption: Interruption, folder: Path) -> dict[str, int]:
    port = server.free_port()
    with ProcessGroup(interruption) as group:
        command = server.arguments(port, folder)
        process = group.start("valkey server", command, cwd=folder, log=LOGS / "valkey-count.log")
        if not server.is_up(interruption, process, port):
            raise CommandFailed("the server did not start")
        while (answer := _ask(port, "EVAL", COUNT, "0")).startswith("LOADING"):
            interruption.sleep()
        group.stop([process], ANSWERS_WITHIN_S)
    counts: dict[str, int] = json.loads(answer)
    return counts


def _ask(port: int, *words: str) -> str:
    """Returns the answer to a command: a text, a list as lines, or an error. Raises OSError, ValueError."""
    parts = [f"*{len(words)}\r\n", *(f"${len(word.encode())}\r\n{word}\r\n" for word in words)]
    with socket.create_connection((server.HOST, port), timeout=ANSWERS_WITHIN_S) as connection:
        connection.sendall("".join(parts).encode())
        with connection.makefile("rb") as answer:
            return _read(answer)


def _read(answer: BinaryIO) -> str:
    line = answer.readline().decode().rstrip()
    kind, rest = line[:1], line[1:]
    if kind == "*":
        return "\n".join(_read(answer) for _ in range(int(rest)))
    if kind == "$":
        return answer.read(int(rest) + len("\r\n")).decode().removesuffix("\r\n")
    return rest
