"""The users of docs/settings.md ("Server users"), as a server's access control (ACL) knows them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from fnmatch import fnmatchcase
from threading import Thread
from typing import Any
from uuid import uuid4

from redis import ConnectionError as RedisConnectionError
from redis import Redis, ResponseError

from scripts.paths import ROOT

from .waiting import wait_until

PASSWORD = "pw"  # noqa: S105
OF_CHANNELS = ("publish", "subscribe", "unsubscribe")


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


# What a client sends first; the server's monitor does not show AUTH.
OF_NEW_CONNECTIONS = ("PING", "HELLO", "CLIENT", "SELECT")


class UsedRights:
    """The commands, keys and channels that each user uses from now on, by the server's MONITOR.

    A rule is needed if the server would refuse something without it: the others are `unused`.
    """

    def __init__(self, redis: Redis) -> None:
        options = redis.connection_pool.connection_kwargs
        address = {"host": options["host"], "port": options["port"], "decode_responses": True}
        self._side: Any = Redis(**address)
        self._users: dict[str, str] = {}
        self._commands: defaultdict[str, set[str]] = defaultdict(set)
        self._marks: set[str] = set()
        # Kept, because a client without references closes its connections.
        watching: Any = Redis(**address, socket_timeout=None)
        self._watching = watching
        watch = watching.monitor()
        watch.__enter__()
        Thread(target=self._read, args=(watch,), daemon=True).start()

    def catch_up(self) -> None:
        """Wait until all earlier commands are counted. Call it before a user's connections close."""
        mark = uuid4().hex
        self._side.echo(mark)
        wait_until(lambda: mark in self._marks, 20, "the server's monitor")

    def unused(self, user: str, rules: Iterable[str]) -> list[str]:
        """Which of a user's rules allow nothing that the user did and that no other of them allows."""
        self.catch_up()
        used = {
            right for command in tuple(self._commands[user]) for right in self._rights(command.split(" "))
        }
        return [rule for rule in rules if not is_needed(rule, [each for each in rules if each != rule], used)]

    def _read(self, watch: Any) -> None:
        with suppress(RedisConnectionError):  # the server has stopped
            self._follow(watch.listen())

    def _follow(self, events: Iterable[dict[str, Any]]) -> None:
        user = ""
        for event in events:
            command = event["command"]
            if command.startswith("ECHO "):
                self._marks.add(command[5:])
            if event["client_type"] != "lua":  # a script's commands follow it, and are its caller's
                address = f"{event['client_address']}:{event['client_port']}"
                if command.upper().startswith(OF_NEW_CONNECTIONS):  # it may have the port of an earlier one
                    self._users.pop(address, None)
                user = self._user_at(address)
            self._commands[user].add(command)

    def _user_at(self, address: str) -> str:
        if address not in self._users:
            self._users |= {client["addr"]: client["user"] for client in self._side.client_list()}
        return self._users.setdefault(address, "")

    def _rights(self, words: list[str]) -> list[str]:
        name = words[0].lower()
        if name in ("client", "script"):
            return [f"+{name}|{words[1].lower()}"]
        if name in OF_CHANNELS:
            channels = words[1:2] if name == "publish" else words[1:]
            return [f"+{name}", *(f"&{channel}" for channel in channels)]
        try:
            keys: Any = self._side.execute_command("COMMAND GETKEYS", *words)
        except ResponseError:  # a command without keys
            keys = []
        return [f"+{name}", *(f"~{key}" for key in keys)]


def is_needed(rule: str, others: Iterable[str], used: set[str]) -> bool:
    """Whether something used is allowed by this rule and by no other one."""
    if rule.startswith("+"):
        return rule in used
    mine = [right for right in used if fnmatchcase(right, rule)]
    return any(not any(fnmatchcase(right, other) for other in others) for right in mine)
