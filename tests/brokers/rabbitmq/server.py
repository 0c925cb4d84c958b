"""A real RabbitMQ server for a test: on a free port, restartable with its data, with its own `epmd`."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kombu import Connection

from scripts import server
from tests.brokers.rabbitmq.packages import Installation
from tests.support.programs import Program

STARTS_WITHIN_S = 110.0


@dataclass(frozen=True)
class Broker:
    """One virtual host of a server, and where results are kept."""

    server: "RabbitServer"
    url: str
    results: str

    def messages(self, queue: str) -> int:
        """Return how many messages wait in a queue."""
        with Connection(self.url) as connection, connection.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)


class RabbitServer:
    """The server. It keeps its port and its data over `stop` and `kill` until `close`.

    `config` is written into its rabbitmq.conf.
    """

    def __init__(
        self, installation: Installation, folder: Path, config: Mapping[str, str] | None = None
    ) -> None:
        self._installation = installation
        # A jail sees nothing outside of it.
        self._data = installation.root / "tmp" / folder.name if installation.is_jail else folder
        self._data.mkdir(parents=True, exist_ok=True)
        self._log = folder / "rabbitmq.log"
        folder.mkdir(parents=True, exist_ok=True)
        self.port = server.free_port()
        self._distribution_port = server.free_port()
        self._epmd_port = server.free_port()
        self._program: Program | None = None
        lines = {"default_user": "guest", "default_pass": "guest", **(config or {})}
        (self._data / "rabbitmq.conf").write_text(
            "".join(f"{name} = {value}\n" for name, value in lines.items())
        )
        (self._data / "plugins").write_text("[].\n")
        self._epmd = self._run(
            "epmd", [self._erts / "bin/epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)]
        )
        self.start()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    @property
    def version(self) -> str:
        return self._installation.version

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        self._program = self._run("rabbitmq", [self._installation.home / "sbin/rabbitmq-server"])
        pattern = r"Server startup complete|completed with \d+ plugins"
        self._program.wait_for_log(pattern, timeout_s=STARTS_WITHIN_S)

    def stop(self) -> None:
        """Stop it in an orderly way: connections are closed, everything is written."""
        if self._program is not None:
            self._program.close()
        self._program = None

    def kill(self) -> None:
        """SIGKILL, as a crash."""
        if self._program is not None:
            for pid in self._beams():
                os.kill(pid, 9)
            self._program.close()
        self._program = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def ctl(self, *arguments: str) -> str:
        """Run `rabbitmqctl` and return what it prints."""
        command: list[Path | str] = [self._installation.home / "sbin/rabbitmqctl", "--quiet", *arguments]
        log = self._log.with_name("ctl.log")
        with Program(
            "rabbitmqctl", self._command(command), cwd=Path("/"), env=self._environment(), log=log
        ) as program:
            code = program.wait(STARTS_WITHIN_S)
            assert code == 0, f"rabbitmqctl {' '.join(arguments)} ended with {code}:\n{program.log}"
            return program.log

    def add_vhost(self, name: str) -> str:
        """Make a virtual host and return its URL."""
        self.add_vhosts([name])
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def add_vhosts(self, names: Sequence[str]) -> None:
        """Make virtual hosts, all with one command."""
        steps = [
            f'rabbit_vhost:add(<<"{name}">>, <<"tests">>), '
            f'rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{name}">>, '
            '<<".*">>, <<".*">>, <<".*">>, <<"tests">>)'
            for name in names
        ]
        self.ctl("eval", f"{', '.join(steps)}.")

    def keep(self, file: Path) -> Path:
        """Copy a file to where the server can read it, and return its path there."""
        copy = self._data / file.name
        shutil.copy(file, copy)
        return self._installation.inside(copy)

    def close(self) -> None:
        self.stop()
        self._epmd.close()

    @property
    def _erts(self) -> Path:
        return next(self._installation.erlang.glob("erts-*"))

    def _beams(self) -> list[int]:
        mark = f"-name {self._node}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().replace(b"\0", b" ")
            except OSError:
                continue
            if b"beam" in words and (mark in words or f"-sname {self._node}".encode() in words):
                found.append(int(entry.parent.name))
        return found

    @property
    def _node(self) -> str:
        return f"test{self.port}@localhost"

    def _run(self, name: str, command: list[Path | str]) -> Program:
        log = self._log.with_name(f"{name}.log")
        return Program(name, self._command(command), cwd=Path("/"), env=self._environment(), log=log)

    def _command(self, command: list[Path | str]) -> list[str | Path]:
        words = [self._installation.inside(word) if isinstance(word, Path) else word for word in command]
        return ["chroot", self._installation.root, *words] if self._installation.is_jail else [*words]

    def _environment(self) -> dict[str, str]:
        inside, data = self._installation.inside, self._installation.inside(self._data)
        return {
            "PATH": f"{inside(self._installation.erlang) / 'bin'}:{os.environ['PATH']}",
            "HOME": str(data),
            "LANG": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(data / "mnesia"),
            "RABBITMQ_LOG_BASE": str(data / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(data / "pid"),
            "RABBITMQ_CONFIG_FILE": str(data / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(data / "plugins"),
            "RABBITMQ_PLUGINS_DIR": str(inside(self._installation.home / "plugins")),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            # Erlang's schedulers must not keep a machine busy that tests run on.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }
