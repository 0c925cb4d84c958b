"""Where a worker answers: a port, a host and a port, or a Unix socket.

In celery-js ``validation/health-address.js``.
"""

import re
from dataclasses import dataclass

_HOST_AND_PORT = re.compile(r"(?:(\[[^\]]+\]|[^:/\s]+):)?(\d{1,5})")
_DEFAULT_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Address:
    """``path`` is a socket's; without one it is a host and a port, 0 = any that is free."""

    host: str = _DEFAULT_HOST
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        """The address as ``curl`` takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"unix:{self.path}" if self.path else f"http://{host}:{self.port}"


def read_address(value: object) -> Address:
    """Return the address that a setting names: 8080, "0.0.0.0:8080" or "/tmp/health.sock".

    Raises:
        ValueError: it names none; the text says what it takes.
    """
    text = str(value).strip()
    if text.startswith("/"):
        return Address(path=text)
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or int(match[2]) > 65_535:
        raise ValueError(
            f"worker_health_address={text!r}: expected a port, a host and a port, or the path of a socket, for example "
            "8080, 0.0.0.0:8080 or /tmp/health.sock"
        )
    return Address((match[1] or _DEFAULT_HOST).strip("[]"), int(match[2]))
