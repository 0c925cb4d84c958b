"""A primary, its replicas and their sentinels, all from the embedded server's binary."""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from scripts import server
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

NAME = "main"
REPLICATES_WITHIN_S = 45.0
FAILS_OVER_WITHIN_S = 30.0
# A replica is synchronized at once and not after 5 s.
_QUICK = ("--repl-diskless-sync-delay", "0", "--save", "")


class Sentinel:
    """One sentinel, which can be killed and started again."""

    def __init__(
        self, folder: Path, primary: int, quorum: int, down_after_ms: int, lines: Sequence[str]
    ) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._config = folder / "sentinel.conf"
        self.port = server.free_port()
        own = [f"port {self.port}", "bind 127.0.0.1", f"dir {folder}", *lines]
        own += [
            f"sentinel monitor {NAME} 127.0.0.1 {primary} {quorum}",
            f"sentinel down-after-milliseconds {NAME} {down_after_ms}",
            f"sentinel failover-timeout {NAME} 6000",
            f"sentinel parallel-syncs {NAME} 2",
        ]
        self._config.write_text("\n".join(own) + "\n")
        self.program: Program
        self.start()

    def start(self) -> None:
        """Start it; it keeps what it knows in its file."""
        binary = os.environ.get("VALKEY_SERVER") or str(server.binary())
        command = [binary, str(self._config), "--sentinel"]
        log = self._folder / "sentinel.log"
        self.program = Program("sentinel", command, cwd=self._folder, env=os.environ, log=log)
        self.program.wait_for_log("monitor master|monitor primary|Sentinel ID is", 20)

    def close(self) -> None:
        """Stop it."""
        self.program.close()


class SentinelCluster:
    """The servers and the sentinels. `options` are added to each server's command line.

    `password` is that of the servers, `sentinel_password` that of the sentinels.
    """

    def __init__(
        self,
        folder: Path,
        options: Sequence[str] = (),
        *,
        password: str = "",
        sentinel_password: str = "",
        sentinels: int = 3,
        replicas: int = 2,
        down_after_ms: int = 1_000,
    ) -> None:
        self._password = ""
        self._sentinel_password = sentinel_password
        self._options = (*_QUICK, *options)
        self.servers = [ValkeyServer(folder / "server0", self._options)]
        first = self.servers[0].port
        for number in range(replicas):
            follows = (*self._options, "--replicaof", f"127.0.0.1 {first}")
            self.servers.append(ValkeyServer(folder / f"server{number + 1}", follows))
        lines = []
        if sentinel_password:
            lines += [f"requirepass {sentinel_password}", f"sentinel sentinel-pass {sentinel_password}"]
        quorum = sentinels // 2 + 1
        self.sentinels = [
            Sentinel(folder / f"sentinel{number}", first, quorum, down_after_ms, lines)
            for number in range(sentinels)
        ]
        self.wait_until_whole()
        if password:
            self._protect(password)

    @property
    def port(self) -> int:
        """The port of the primary."""
        return self.primary.port

    @property
    def url(self) -> str:
        """The URL of database 0 that workers and clients take."""
        return self.url_of(0)

    def url_of(self, database: int, **parameters: str) -> str:
        """The URL with a database and more parameters."""
        user = f":{self._password}@" if self._password else ""
        urls = [f"sentinel://{user}127.0.0.1:{sentinel.port}/{database}" for sentinel in self.sentinels]
        given = {"master_name": NAME, **parameters}
        if self._sentinel_password:
            given.setdefault("sentinel_password", self._sentinel_password)
        return ";".join(urls) + "?" + "&".join(f"{name}={value}" for name, value in given.items())

    @property
    def primary(self) -> ValkeyServer:
        """The server that most sentinels name. Raises AssertionError when there is none."""
        return wait_until(self._named, FAILS_OVER_WITHIN_S, "a primary")

    @property
    def failed_elections(self) -> int:
        """How often a sentinel has begun a failover and given it up."""
        return sum(each.program.log.count("-failover-abort") for each in self.sentinels)

    @property
    def client(self) -> "Redis":
        """A new client of the primary."""
        return Redis(port=self.primary.port, password=self._password or None, decode_responses=True)

    def ask(self, *command: str) -> object:
        """Ask the first sentinel."""
        with self._asked(self.sentinels[0]) as client:
            return client.execute_command(*command)

    def wait_until_whole(self) -> None:
        """Wait until every replica follows the primary, and every sentinel names it and knows all others."""
        wait_until(self._is_whole, REPLICATES_WITHIN_S, "replicas and sentinels that know each other")

    def fail_over(self, *, freeze: bool = False) -> ValkeyServer:
        """Kill the primary (or freeze it) and wait for another one. Returns the old one."""
        old = self.primary
        if freeze:
            os.kill(old.pid, signal.SIGSTOP)
        else:
            old.kill()
        wait_until(lambda: self._named() not in (None, old), FAILS_OVER_WITHIN_S, "another primary")
        return old

    def bring_back(self, old: ValkeyServer) -> None:
        """Let an old primary come back: thawed if it was frozen, else started, as a replica."""
        if old.is_running:
            os.kill(old.pid, signal.SIGCONT)
        else:
            old.options = (*self._options, "--replicaof", f"127.0.0.1 {self.primary.port}")
            old.start()

    def close(self) -> None:
        """Stop everything."""
        for sentinel in self.sentinels:
            sentinel.close()
        for each in self.servers:
            if each.is_running:
                with suppress(ProcessLookupError):
                    os.kill(each.pid, signal.SIGCONT)
            each.close()

    def _protect(self, password: str) -> None:
        """Give the servers a password; one that is started again has none."""
        for sentinel in self.sentinels:
            with self._asked(sentinel) as client:
                client.execute_command("SENTINEL", "SET", NAME, "auth-pass", password)
        for each in self.servers:
            with each.client as client:
                client.config_set("masterauth", password)
                client.config_set("requirepass", password)
        self._password = password

    def _asked(self, sentinel: Sentinel) -> "Redis":
        secret = self._sentinel_password or None
        return Redis(port=sentinel.port, password=secret, decode_responses=True, socket_timeout=2)

    def _named(self) -> ValkeyServer | None:
        """The server that a majority of the running sentinels names."""
        named: list[int] = []
        for sentinel in self.sentinels:
            with suppress(RedisError), self._asked(sentinel) as client:
                address = client.execute_command("SENTINEL", "get-master-addr-by-name", NAME)
                named.append(int(address[1]))
        port = max(named, key=named.count, default=0)
        if named.count(port) * 2 <= len(named):
            return None
        return next((each for each in self.servers if each.port == port), None)

    def _is_whole(self) -> bool:
        primary = self._named()
        if primary is None or not primary.is_running:
            return False
        with suppress(RedisError):
            with Redis(port=primary.port, password=self._password or None, socket_timeout=2) as client:
                info = client.info("replication")
            running = sum(each.is_running for each in self.servers)
            states = [info.get(f"slave{n}", {}).get("state") for n in range(running - 1)]
            return (
                info["role"] == "master"
                and all(state == "online" for state in states)
                and self._agree_on(primary)
            )
        return False

    def _agree_on(self, primary: ValkeyServer) -> bool:
        for sentinel in self.sentinels:
            with self._asked(sentinel) as client:
                reply = client.execute_command("SENTINEL", "MASTER", NAME)
            state = reply if isinstance(reply, dict) else dict(zip(reply[::2], reply[1::2], strict=True))
            if (
                int(state["port"]) != primary.port
                or int(state["num-other-sentinels"]) < len(self.sentinels) - 1
                or int(state["num-slaves"]) < len(self.servers) - 1
            ):
                return False
        return True
