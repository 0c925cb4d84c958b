"""The port that a user chooses with PORT=..."""

from scripts import server
from scripts.failure import CommandFailed


def number(port: str) -> int:
    """Returns the port as a number. Raises CommandFailed when it is none."""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise CommandFailed(f"PORT={port} is no port: give a number from 1 to 65535")
    return int(port)


def check_free(port: int, target: str, otherwise: str = "") -> None:
    """Raises CommandFailed, naming another port for the make target, when somebody listens on this one."""
    if not server.is_port_free(port):
        other = port + 1 if port < 65535 else port - 1
        raise CommandFailed(
            f"port {port} is taken: choose another one with `make {target} PORT={other}`{otherwise}"
        )
