"""A real RabbitMQ server for a test: on a free port, restartable with its data, with its own `epmd`."""

import os
import shutil
from pathlib import Path

from scripts import server
from tests.brokers.rabbitmq.node import Ports, RabbitNode
from tests.brokers.rabbitmq.packages import Installation
from tests.support.programs import Program

STARTS_WITHIN_S = 110.0
# After a crash, 4.0.5 may look for transient queues before it has loaded the table of queues. If it must
# refuse them, it then ends.
BOOT_BUG = "failed_to_deny_deprecated_features"
STARTS = 3
# What RabbitMQ 4.3 refuses by default, and 4.0 on demand.
LATER_REFUSALS = {
    "deprecated_features.permit.transient_nonexcl_queues": "false",
    "deprecated_features.permit.global_qos": "false",
}


class RabbitServer(RabbitNode):
    """The server. It keeps its port and its data over `stop` and `kill` until `close`."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        ports = Ports(server.free_port(), server.free_port(), server.free_port())
        # A jail sees nothing outside of it.
        data = installation.root / "tmp" / folder.name if installation.is_jail else folder
        super().__init__(installation, data, ports, folder)
        data.mkdir(parents=True, exist_ok=True)
        self._program: Program | None = None
        refusals = {} if self.version.startswith("3.") else LATER_REFUSALS
        lines = {"default_user": "guest", "default_pass": "guest", **refusals}
        (data / "rabbitmq.conf").write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
        (data / "plugins").write_text("[].\n")
        self._epmd = self._run(
            "epmd", [self._erts / "bin/epmd", "-address", "127.0.0.1", "-port", str(ports.epmd)]
        )
        self.start()

    def start(self) -> None:
        """Start it, again if it ends by its own fault, as systemd does; wait until it accepts connections."""
        pattern = r"Server startup complete|completed with \d+ plugins"
        for left in reversed(range(STARTS)):
            self._program = self._run("rabbitmq", [self._installation.home / "sbin/rabbitmq-server"])
            try:
                self._program.wait_for_log(pattern, timeout_s=STARTS_WITHIN_S)
            except AssertionError as error:
                if left == 0 or BOOT_BUG not in str(error):
                    raise
                self._program.close()
            else:
                return

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

    def close(self) -> None:
        """Kill it for good: nobody needs what an orderly stop would write."""
        self.kill()
        self._epmd.close()
        if self._installation.is_jail:
            shutil.rmtree(self.data, ignore_errors=True)

    @property
    def _erts(self) -> Path:
        return next(self._installation.erlang.glob("erts-*"))

    def _beams(self) -> list[int]:
        marks = [f"-{option} {self._name}".encode() for option in ("name", "sname")]
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().replace(b"\0", b" ")
            except OSError:
                continue
            if b"beam" in words and any(mark in words for mark in marks):
                found.append(int(entry.parent.name))
        return found

    def _run(self, name: str, command: list[Path | str]) -> Program:
        log = self._logs / f"{name}.log"
        return Program(name, self._command(command), cwd=Path("/"), env=self._environment(), log=log)
