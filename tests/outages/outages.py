"""The outages: `OUTAGES` is the table. A function begins each, yields while it lasts, and ends it."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError

from tests.support.proxy import Change
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from . import faults
from .probes import tell_much
from .site import SERVER_OPTIONS, USER, Site

Inject = Callable[[Site], Iterator[None]]

# The server's return is to be noticed within this. Where silence has to be noticed first, which takes 15 s,
# it is the other: a second is for connecting, and for the task that shows it.
BACK_WITHIN_S = 5.0
NOTICED_WITHIN_S = 16.0


@dataclass(frozen=True)
class Outage:
    """One row of the table.

        `lasts_s` is how long it lasts, 0 for what is over at once. `is_silent`: a connection has to time out
    before anyone can notice. `forgets`: the server comes back without what it had confirmed. `as_user`:
        workers and clients log in as a user. `is_bearable`: work goes on meanwhile, so that recovery is
        measured from its beginning.
    """

    name: str
    inject: Inject
    lasts_s: float = 8.0
    is_silent: bool = False
    forgets: bool = False
    as_user: bool = False
    is_bearable: bool = False
    server_options: tuple[str, ...] = ()

    @property
    def back_within_s(self) -> float:
        """The requirements."""
        return NOTICED_WITHIN_S if self.is_silent else BACK_WITHIN_S


def cut(site: Site) -> Iterator[None]:
    site.cut()
    yield


def crash(site: Site) -> Iterator[None]:
    site.server.kill()
    yield
    site.server.start()


def stop(site: Site) -> Iterator[None]:
    os.kill(site.server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(site.server.pid, signal.SIGCONT)


def hung_primary(site: Site) -> Iterator[None]:
    """A replica with all of its data takes over its address; the old connections stay silent."""
    with_its_data = ValkeyServer(site.folder / "replica", SERVER_OPTIONS)
    hung = site.server
    try:
        replica = with_its_data.client
        replica.replicaof("127.0.0.1", str(hung.port))
        wait_until(lambda: replica.info("replication")["master_link_status"] == "up", 20, "the replica")
        for proxy in site.proxies.values():
            proxy.hold_requests()
            proxy.be_silent()
        offset = site.redis.info("replication")["master_repl_offset"]
        wait_until(
            lambda: replica.info("replication")["slave_repl_offset"] >= offset, 20, "all in the replica"
        )
        os.kill(hung.pid, signal.SIGSTOP)
        yield
        replica.replicaof("NO", "ONE")
        site.move_to(with_its_data)
    finally:
        site.on_close(hung.kill)


def changed(change: Change) -> Inject:
    """Every reply is, for a while."""

    def inject(site: Site) -> Iterator[None]:
        for proxy in site.proxies.values():
            proxy.change_replies(change)
        yield
        for proxy in site.proxies.values():
            proxy.change_replies(None)

    return inject


def changed_once(change: Change) -> Inject:
    """The next reply on each present connection is."""

    def inject(site: Site) -> Iterator[None]:
        for proxy in site.proxies.values():
            proxy.change_each(lambda: faults.Once(change), new=False)
        yield

    return inject


def silent(site: Site) -> Iterator[None]:
    """New connections are; those that were made meanwhile stay so."""
    for proxy in site.proxies.values():
        proxy.be_silent()
    site.cut()
    yield
    for proxy in site.proxies.values():
        proxy.move()


def mute(site: Site) -> Iterator[None]:
    """The same, after the first reply."""
    for proxy in site.proxies.values():
        proxy.change_each(faults.Mute, present=False)
    site.cut()
    yield
    for proxy in site.proxies.values():
        proxy.change_each(None, present=False)


def replica(site: Site) -> Iterator[None]:
    site.redis.replicaof("127.0.0.1", "1")
    yield
    site.redis.replicaof("NO", "ONE")


def configured(name: str, value: str, *, kill: bool = False) -> Inject:
    """A setting of the server is another one for a while; with `kill` all connections are closed then."""

    def inject(site: Site) -> Iterator[None]:
        before = str(site.redis.config_get(name)[name])
        site.redis.config_set(name, value)
        if kill:
            kill_connections(site.redis)
        yield
        site.redis.config_set(name, before)

    return inject


def acl(*rules: str, back: tuple[str, ...], kill: bool = False) -> Inject:
    """The user of workers and clients has other rules for a while."""

    def inject(site: Site) -> Iterator[None]:
        site.redis.execute_command("ACL", "SETUSER", USER, *rules)  # type: ignore[no-untyped-call]
        if kill:
            kill_connections(site.redis)
        yield
        site.redis.execute_command("ACL", "SETUSER", USER, *back)  # type: ignore[no-untyped-call]

    return inject


def tiny_buffer(site: Site) -> Iterator[None]:
    """A connection that receives a large publication is closed."""
    name = "client-output-buffer-limit"
    before = str(site.redis.config_get(name)[name])
    site.redis.config_set(name, "pubsub 1 1 1")
    over = threading.Event()
    thread = threading.Thread(target=tell_much, args=(site.port, over), daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()
    site.redis.config_set(name, before)


def script_flush(site: Site) -> Iterator[None]:
    site.redis.script_flush()
    yield


def busy_script(site: Site) -> Iterator[None]:
    site.redis.config_set("busy-reply-threshold", 50)

    def run() -> None:
        with suppress(RedisError), Redis(port=site.port) as redis:
            redis.eval("while true do end", 0)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    site.redis.script_kill()
    thread.join()


def full_disk(site: Site) -> Iterator[None]:
    """A snapshot fails, as a folder has its name; the server then refuses to write."""
    snapshot = site.folder / "valkey" / "dump.rdb"
    snapshot.unlink(missing_ok=True)
    snapshot.mkdir()
    _save(site.redis, "err")
    yield
    snapshot.rmdir()
    _save(site.redis, "ok")


def _save(redis: "Redis", expected: str) -> None:
    def saved() -> bool:
        with suppress(RedisError):
            redis.bgsave()
        return bool(redis.info("persistence")["rdb_last_bgsave_status"] == expected)

    wait_until(saved, 20, f"a snapshot: {expected}")


def restarted_empty(site: Site) -> Iterator[None]:
    site.server.kill()
    yield
    shutil.rmtree(site.folder / "valkey" / "appendonlydir")
    site.server.start()


def restarted_older(site: Site) -> Iterator[None]:
    data, older = site.folder / "valkey" / "appendonlydir", site.folder / "older"
    shutil.copytree(data, older)
    time.sleep(3)  # how much older
    site.server.kill()
    yield
    shutil.rmtree(data)
    shutil.move(older, data)
    site.server.start()


def kill_connections(redis: "Redis") -> None:
    """Close all connections but this one."""
    for kind in ("normal", "pubsub"):
        redis.client_kill_filter(_type=kind, skipme=True)


OUTAGES = (
    Outage("connections cut", cut, lasts_s=0),
    Outage("crash, restarted with its data", crash),
    Outage("stopped for 20 s (`SIGSTOP`)", stop, lasts_s=20),
    Outage("stopped for 90 s", stop, lasts_s=90),
    Outage("accepts connections, reads nothing", silent, is_silent=True),
    Outage("answers the first command of a connection only", mute, is_silent=True),
    Outage("hung, and its address moved to its replica", hung_primary, is_silent=True),
    Outage("replies dropped", changed(faults.drop), is_silent=True),
    Outage("replies shifted by one: one too many", changed_once(faults.one_more), lasts_s=0, is_silent=True),
    Outage("replies shifted by one: one too few", changed_once(faults.one_less), lasts_s=0, is_silent=True),
    Outage("one byte corrupted", changed_once(faults.corrupt), lasts_s=0),
    Outage("200 ms of latency", changed(faults.delay), is_bearable=True),
    Outage("a replica, and a primary again", replica),
    Outage("`maxmemory` reached", configured("maxmemory", "1mb")),
    Outage("`maxclients` reached", configured("maxclients", "1", kill=True)),
    Outage("`requirepass` set, connections kept", configured("requirepass", "other"), is_bearable=True),
    Outage("`requirepass` set, connections cut", configured("requirepass", "other", kill=True)),
    Outage("ACL: no command allowed, connections kept", acl("-@all", back=("+@all",)), as_user=True),
    Outage(
        "ACL: password changed, connections cut",
        acl("resetpass", ">other", back=("resetpass", ">secret"), kill=True),
        as_user=True,
    ),
    Outage("`SCRIPT FLUSH`", script_flush, lasts_s=0),
    Outage("busy with a script", busy_script),
    Outage("full disk (`MISCONF`)", full_disk, server_options=("--save", "3600 1000000")),
    Outage("tiny pub/sub output buffer", tiny_buffer),
    Outage("restarted empty", restarted_empty, forgets=True),
    Outage("restarted with older data", restarted_older, forgets=True),
)
