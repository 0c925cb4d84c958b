"""The sender of a failed task gets the text of its error."""

import pytest
from celery import Celery
from pydantic import BaseModel, ValidationError

from celery_reliable.database_results import DatabaseBackend
from celery_reliable.failures import WithErrorTexts
from celery_reliable.results import RedisBackend


class Model(BaseModel):
    count: int


def test_an_error_without_args_keeps_its_text() -> None:
    backend = RedisBackend(app=Celery(broker="memory://"), url="redis://localhost/0")
    with pytest.raises(ValidationError) as failed:
        Model.model_validate({"count": "many"})

    stored = backend.prepare_exception(failed.value)

    assert stored["exc_type"] == "ValidationError"
    assert "count\n  Input should be a valid integer" in stored["exc_message"][0]


@pytest.mark.parametrize("error", [KeyError("a", 1), KeyError(), ValueError("")])
def test_other_errors_are_stored_as_celery_stores_them(error: Exception) -> None:
    backend = RedisBackend(app=Celery(broker="memory://"), url="redis://localhost/0")

    assert backend.prepare_exception(error)["exc_message"] == error.args


def test_results_in_a_database_do_the_same() -> None:
    assert issubclass(DatabaseBackend, WithErrorTexts)
