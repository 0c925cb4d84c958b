"""Results that are stored in the wrong order, or cannot be stored at once."""

import threading

import pytest
from celery import Celery
from celery.exceptions import Retry
from conftest import Server, StartWorker, settings_for
from redis import Redis

import celery_reliable
import celery_reliable.results
from tests.support.waiting import wait_until

TASK = "worker_app"


@pytest.fixture
def backend(server: Server) -> celery_reliable.results.RedisBackend:
    app = Celery("reliable_results", set_as_current=False)
    app.config_from_object(settings_for(server.url, result_expires=100, result_failure_expires=50))
    celery_reliable.install(app)
    backend = app.backend
    assert isinstance(backend, celery_reliable.results.RedisBackend)
    return backend


def test_a_stored_success_is_not_overwritten_by_what_comes_late(
    backend: celery_reliable.results.RedisBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look at what is stored comes before it, as it does when two workers store at the same moment."""
    monkeypatch.setattr(backend, "_get_task_meta_for", lambda _task_id: {"status": "PENDING"})
    backend.store_result("task", 3, "SUCCESS")

    backend.store_result("task", Retry("later"), "RETRY")

    assert backend.decode_result(backend.get("celery-task-meta-task"))["status"] == "SUCCESS"


@pytest.mark.parametrize(("state", "expires_s"), [("SUCCESS", 100), ("FAILURE", 50), ("RETRY", 100)])
def test_a_result_is_kept_as_long_as_celery_keeps_it(
    backend: celery_reliable.results.RedisBackend, server: Server, state: str, expires_s: int
) -> None:
    backend.store_result("task", 3 if state == "SUCCESS" else ValueError("no"), state)
    assert expires_s - 5 < server.client.ttl("celery-task-meta-task") <= expires_s


def test_a_result_that_a_full_server_refuses_is_stored_once_there_is_room(
    backend: celery_reliable.results.RedisBackend, redis: Redis
) -> None:
    redis.config_set("maxmemory", 1)
    storing = threading.Thread(target=backend.store_result, args=("task", 3, "SUCCESS"))
    storing.start()
    wait_until(lambda: int(redis.info("errorstats").get("errorstat_OOM", {}).get("count", 0)) > 1, 20, "refusals")

    redis.config_set("maxmemory", 0)

    storing.join(20)
    assert backend.get_task_meta("task")["status"] == "SUCCESS"


def test_a_result_is_published_to_those_who_wait(start: StartWorker, client: Celery) -> None:
    start()
    results = [client.send_task(f"{TASK}.add", [n, 1]) for n in range(20)]
    assert [result.get(timeout=20) for result in results] == list(range(1, 21))
