"""Faults that the ledger has found, each by itself."""

import signal
import threading
import time
from contextlib import closing
from pathlib import Path

from kombu import Connection

from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .facts import Job, Language, Step
from .fleet import Post, Setting, children_of, send_signal, start_worker
from .ledger import read_runs
from .load import client_for, signature
from .remains import lengths, read_remains

QUEUE = "jobs"


def test_an_acknowledgement_survives_the_close_of_its_channel(valkey: ValkeyServer) -> None:
    with Proxy(valkey.port) as proxy, valkey.client as redis:
        url = f"redis://127.0.0.1:{proxy.port}/0"
        with Connection(url, transport="celery_reliable.transport:Transport") as broker:
            broker.SimpleQueue(QUEUE).put("once")
            channel = broker.channel()
            message = channel.basic_get(QUEUE)
            proxy.hold_requests()
            acknowledging = threading.Thread(target=message.ack)
            acknowledging.start()
            wait_until(lambda: not channel.leases.is_held(message.delivery_tag), what="the acknowledgement")
            assert redis.hlen("unacked") == 1, "the acknowledgement has arrived before the cut"
            leases = channel.leases
            channel.close()
            proxy.cut()
            acknowledging.join()
            wait_until(lambda: redis.hlen("unacked") == 0, what="the acknowledgement's arrival")
            next_channel = broker.channel()
            assert next_channel.leases is leases, "it had something to do still"
            next_channel.close()
        assert redis.llen(QUEUE) == 0


def test_a_message_is_sent_after_its_producers_channel_was_closed(valkey: ValkeyServer) -> None:
    with (
        Connection(valkey.url, transport="celery_reliable.transport:Transport") as broker,
        valkey.client as redis,
    ):
        producer = broker.Producer()
        broker.default_channel.close()
        producer.publish("once", routing_key=QUEUE, retry=True)
        assert redis.llen(QUEUE) == 1


def test_a_result_that_cannot_be_stored_at_once_is_no_failure(valkey: ValkeyServer, tmp_path: Path) -> None:
    setting = Setting(tmp_path, tmp_path / "ledger", lease_s=60)
    post = Post("py", Language.PYTHON, 1, "threads")
    with (
        start_worker(post, "worker", valkey.port, setting) as worker,
        closing(client_for(valkey.url)) as client,
    ):
        worker.wait_for_log(r"ready\.", timeout_s=20)
        signature(client, Job(1, (Step(Language.PYTHON, 0.5),))).apply_async()
        wait_until(lambda: read_runs(setting.ledger), what="the start of the task")
        valkey.stop()
        wait_until(lambda: read_runs(setting.ledger)[0].outcome, what="the end of the task")
        ended = time.monotonic()
        wait_until(lambda: time.monotonic() - ended > 1, what="an attempt to store its result")
        valkey.start()
        with valkey.client as redis:
            wait_until(lambda: read_remains(redis, ["1-0"]).states, timeout_s=30, what="its result")
            assert read_remains(redis, ["1-0"]).states == {"1-0": "SUCCESS"}
            wait_until(lambda: not any(lengths(redis).values()), timeout_s=30, what="a server at rest")
        assert len(read_runs(setting.ledger)) == 1


def test_a_dead_processs_task_runs_once_if_the_connection_breaks(
    valkey: ValkeyServer, tmp_path: Path
) -> None:
    setting = Setting(tmp_path, tmp_path / "ledger", lease_s=60)
    post = Post("py", Language.PYTHON, 1, "prefork")
    with (
        start_worker(post, "worker", valkey.port, setting) as worker,
        closing(client_for(valkey.url)) as client,
        valkey.client as redis,
    ):
        worker.wait_for_log(r"ready\.", timeout_s=20)
        [child] = children_of(worker.pid)
        send_signal(child, signal.SIGSTOP)
        signature(client, Job(1, (Step(Language.PYTHON, 0.5),))).apply_async()
        worker.wait_for_log("received")
        send_signal(child, signal.SIGKILL)
        stat = Path(f"/proc/{child}/stat")
        wait_until(
            lambda: not stat.exists() or ") Z " in stat.read_text(), what="the end of the pool process"
        )
        redis.client_kill_filter(_type="normal", skipme=True)
        wait_until(lambda: read_remains(redis, ["1-0"]).states, timeout_s=30, what="its result")
        wait_until(lambda: not any(lengths(redis).values()), timeout_s=30, what="a server at rest")
        assert [run.outcome for run in read_runs(setting.ledger)] == ["end"]
