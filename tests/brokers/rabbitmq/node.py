"""A running RabbitMQ server, as its clients and operators reach it. Several test processes may share it."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from kombu import Connection

from scripts.installed import rabbitmq_environment
from tests.brokers.rabbitmq.packages import Installation
from tests.support.programs import Program

COMMAND_WITHIN_S = 110.0
# Each `rabbitmqctl` takes one of a thousand names, at times one that another has.
NAME_IS_TAKEN, COMMAND_ATTEMPTS = "Distribution failed", 3


class Ports(NamedTuple):
    """Its own, that of Erlang's distribution, that of its `epmd`."""

    server: int
    distribution: int
    epmd: int


class RabbitNode:
    """A server. `data`: its folder, in its jail if it has one; `logs`: for the output of its commands."""

    def __init__(self, installation: Installation, data: Path, ports: Ports, logs: Path) -> None:
        self._installation = installation
        self.data = data
        self.ports = ports
        self._logs = logs
        logs.mkdir(parents=True, exist_ok=True)

    @property
    def port(self) -> int:
        return self.ports.server

    @property
    def url(self) -> str:
        return self.url_of("/")

    def url_of(self, vhost: str) -> str:
        """The URL of a virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{vhost}"

    @property
    def version(self) -> str:
        return self._installation.version

    def ctl(self, *arguments: str) -> str:
        """Run `rabbitmqctl` and return what it prints. Takes a second, whatever it does."""
        command: list[Path | str] = [self._installation.home / "sbin/rabbitmqctl", "--quiet", *arguments]
        log = self._logs / "ctl.log"
        for _ in range(COMMAND_ATTEMPTS):
            with Program(
                "rabbitmqctl", self._command(command), cwd=Path("/"), env=self._environment(), log=log
            ) as program:
                code, printed = program.wait(COMMAND_WITHIN_S), program.log
            if code == 0 or NAME_IS_TAKEN not in printed:
                break
        assert code == 0, f"rabbitmqctl {' '.join(arguments)} ended with {code}:\n{printed}"
        return printed

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
        copy = self.data / f"{uuid4()}-{file.name}"
        shutil.copy(file, copy)
        return self._installation.inside(copy)

    @property
    def _name(self) -> str:
        return f"test{self.port}@localhost"

    def _command(self, command: Sequence[Path | str]) -> list[str | Path]:
        words = [self._installation.inside(word) if isinstance(word, Path) else word for word in command]
        return ["chroot", self._installation.root, *words] if self._installation.is_jail else [*words]

    def _environment(self) -> dict[str, str]:
        inside = self._installation.inside
        port, distribution, epmd = self.ports
        return {
            **rabbitmq_environment(inside(self.data), self._name, port, distribution),
            "PATH": f"{inside(self._installation.erlang) / 'bin'}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(epmd),
            "RABBITMQ_PLUGINS_DIR": str(inside(self._installation.home / "plugins")),
            # Erlang's schedulers must not keep a machine busy that tests run on.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }


@dataclass(frozen=True)
class Broker:
    """One virtual host of a server, and where results are kept."""

    server: RabbitNode
    url: str
    results: str

    @property
    def vhost(self) -> str:
        return self.url.rsplit("/", 1)[1]

    def messages(self, queue: str) -> int:
        """Return how many messages wait in a queue."""
        with Connection(self.url) as connection, connection.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)
