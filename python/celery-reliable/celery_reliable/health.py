"""``celery health``: is the worker of this machine ready? For the health check of a container.

``celery-js health`` does the same for a Node worker. A running process is not enough: a worker that has lost its
broker, hangs, or no longer consumes a queue is not ready. It asks at the app's ``worker_health_address``, or over the
broker if that is not set.
"""

import json
import socket
from http.client import HTTPConnection

import click
from celery.bin.base import COMMA_SEPARATED_LIST
from celery.utils.nodenames import gethostname, host_format, nodename
from kombu.exceptions import OperationalError
from redis.exceptions import ResponseError

from celery_reliable.connection import TRANSPORT
from celery_reliable.dead_letter_selection import CommandError
from celery_reliable.health_address import Address, read_address
from celery_reliable.types import App, Json

# A worker answers from the loop that takes its tasks, so one that needs longer is not ready.
ANSWERS_WITHIN_S = 5.0


@click.command(name="health")
@click.option("-n", "--hostname", default="celery@%h", metavar="NAME", help="The worker's name. Default: celery@%h.")
@click.option("-Q", "--queues", type=COMMA_SEPARATED_LIST, metavar="NAMES", help="The queues that it must consume.")
@click.pass_context
def health(ctx: click.Context, hostname: str, queues: list[str] | None) -> None:
    """Ask the worker of this machine whether it consumes its queues.

    Ends with 0 when the worker is ready.
    """
    if address := ctx.obj.app.conf.get("worker_health_address"):
        reason = _problem_at(address, queues)
        if reason:
            raise CommandError(reason)
        click.echo("ready")
        return
    name = host_format(hostname if "@" in hostname else nodename(hostname, gethostname()))
    try:
        reason = _problem(ctx.obj.app, name, queues)
    except OperationalError as error:
        raise CommandError(f"The broker cannot be reached: {error}") from error
    except ResponseError as error:  # for example, a full server
        raise CommandError(f"The server refuses the command: {error}") from error
    if reason:
        raise CommandError(reason)
    click.echo("ready")


class _Connection(HTTPConnection):
    """To a port, or to a socket."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.host, address.port, timeout=ANSWERS_WITHIN_S)
        self._path = address.path

    def connect(self) -> None:
        """Open it. Raises OSError."""
        if not self._path:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _problem_at(given: object, queues: list[str] | None) -> str:
    """Return why the worker at an address is not ready; empty when it is."""
    try:
        address = read_address(given)
    except ValueError as error:
        return str(error)
    connection = _Connection(address)
    try:
        connection.request("GET", "/readyz")
        found = json.loads(connection.getresponse().read())
    except (OSError, ValueError) as error:
        return f"The worker does not answer on {address}: {error}"
    finally:
        connection.close()
    missing = sorted(set(queues or []) - set(found.get("queues", [])))
    if not found.get("ok"):
        return f"The worker is not ready: {'; '.join(found.get('reasons', []))}"
    return f"The worker does not consume {', '.join(missing)}." if missing else ""


def _problem(app: App, name: str, queues: list[str] | None) -> str:
    """Return why the worker is not ready; empty when it is."""
    consumed = _ask(app, name, "active_queues")
    if consumed is None:
        return f"The worker {name} does not answer within {ANSWERS_WITHIN_S:.0f} s."
    names = {queue["name"] for queue in consumed}
    missing = sorted(set(queues or []) - names)
    if missing or not names:
        return f"The worker {name} does not consume {', '.join(missing) or 'any queue'}."
    if app.conf.broker_transport != TRANSPORT:  # a stock worker does not know the command
        return ""
    reasons = (_ask(app, name, "readiness") or {}).get("reasons")
    return f"The worker {name} is not ready: {'; '.join(reasons)}" if reasons else ""


def _ask(app: App, name: str, command: str) -> Json:
    """Return the worker's answer to a control command, or None without one."""
    replies = app.control.broadcast(command, destination=[name], reply=True, timeout=ANSWERS_WITHIN_S, limit=1)
    return replies[0][name] if replies else None
