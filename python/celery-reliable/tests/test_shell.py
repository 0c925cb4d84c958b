"""The shell with an app and its tasks."""

import pytest
from celery import Celery
from celery.result import AsyncResult

from celery_reliable import shell


@pytest.fixture
def app() -> Celery:
    return Celery("shop", set_as_current=False)


def predict() -> None:
    """A task."""


def test_a_task_whose_short_name_is_taken_is_listed_by_its_full_name(app: Celery) -> None:
    for name in ("shop.churn.predict", "shop.demand.predict"):
        app.task(name=name)(predict)

    lines = shell.greeting(shell.symbols(app)).splitlines()

    assert lines[1:] == ["  predict  shop.churn.predict", '  app.tasks["shop.demand.predict"]']


def test_ctrl_c_while_a_shell_waits_for_a_result_is_one_line(app: Celery, capsys: pytest.CaptureFixture[str]) -> None:
    class Awaited(AsyncResult[None]):
        def get(self, *_args: object, **_options: object) -> None:
            raise KeyboardInterrupt

    shell._show(Awaited("an-id", app=app))

    assert capsys.readouterr().out == "KeyboardInterrupt: the task continues\n"
