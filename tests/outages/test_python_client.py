"""The Python client's subscription to its results, when what it is connected to hangs."""

import time
from pathlib import Path

from celery import Celery
from celery.exceptions import TimeoutError as ResultTimeoutError
from celery_reliable.recommended import recommended_settings
from kombu.exceptions import OperationalError

from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer

from .outages import NOTICED_WITHIN_S
from .probes import Echo
from .site import SERVER_OPTIONS


def test_a_client_whose_connections_hang_gets_results_again(tmp_path: Path) -> None:
    server = ValkeyServer(tmp_path / "valkey", SERVER_OPTIONS)
    echo = Echo(lambda: server.port)
    with Proxy(server.port) as proxy:
        app = Celery("client", set_as_current=False)
        app.config_from_object(recommended_settings(proxy.url, proxy.url, ""))
        app.conf.task_default_queue = "echo"
        app.send_task("outages.echo").get(timeout=30)

        proxy.hold_replies()
        hung_at = time.monotonic()

        while not gets_result(app):
            assert time.monotonic() - hung_at < NOTICED_WITHIN_S + 10
        assert time.monotonic() - hung_at > 1, "nothing has hung: usually a result takes a tenth of a second"
        app.close()
    echo.close()
    server.close()


def gets_result(app: Celery) -> bool:
    try:
        app.send_task("outages.echo").get(timeout=1)
    except (OperationalError, ResultTimeoutError):
        return False
    return True
