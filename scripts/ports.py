"""The port that a user chooses with PORT=..."""

from scripts import server
from scripts.failure import CommandFailed


def number(port: str) -> int:
    """Returns the port as a number. Raises CommandFailed when it is invalid."""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise CommandFailed(f"invalid PORT={port}: use a number from 1 to 65535")
    return int(port)


def check_free(port: int, target: str, otherwise: str = "") -> None:
    """Raises CommandFailed, with another port for the make target, when this one is taken."""
    if not server.is_port_free(port):
        other = port + 1 if port < 65535 else port - 1
        raise CommandFailed(
            f"port {port} is taken: choose another one with `make {target} PORT={other}`{otherwise}"
        )
