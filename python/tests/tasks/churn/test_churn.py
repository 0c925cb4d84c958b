"""The tasks of the example application: what they write, and what they refuse."""

import csv
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery_reliable.testing import EagerApp

from py_workers.tasks.churn import _files, data, prediction, training
from py_workers.tasks.churn._customers import Customer
from py_workers.tasks.churn._model import Model

AVERAGE = [40.0, 70.0, 1.0, 2.0, 1.0, 2.0]
CUSTOMER: Customer = {
    "customer_id": "C1",
    "tenure_months": 3,
    "monthly_charge": 110.5,
    "contract": "monthly",
    "support_calls": 6,
    "late_payments": 1,
    "products": 1,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JOBS_FILES_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def model() -> str:
    """A model that looks at support calls alone."""
    weights = [[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]]
    Model(mean=AVERAGE, scale=[1.0] * 6, layers=[(weights, [0.0])]).save("calls")
    return "calls"


def test_the_same_seed_makes_the_same_customers(folder: Path) -> None:
    made = data.generate("one", 5, 200)
    data.generate("other", 5, 200)
    data.generate("third", 6, 200)

    assert made["rows"] == 200
    assert (folder / "one.csv").read_text() == (folder / "other.csv").read_text()
    assert (folder / "one.csv").read_text() != (folder / "third.csv").read_text()
    assert data.inspect("one")["rows"] == 200


def test_inspecting_names_the_columns_that_a_dataset_has(folder: Path) -> None:
    made = data.generate("one", 5, 100)
    lines = (folder / "one.csv").read_text().splitlines()
    (folder / "other.csv").write_text("\n".join(line.rpartition(",")[0] for line in lines))

    assert data.inspect("one")["columns"] == made["columns"]
    assert data.inspect("other")["columns"] == made["columns"][:-1]


@pytest.mark.parametrize(
    ("line", "message"),
    [(0, "the first line has the column churned more than once"), (7, "row 7: churned is missing")],
)
def test_a_dataset_with_doubtful_outcomes_is_refused(folder: Path, line: int, message: str) -> None:
    data.generate("one", 5, 100)
    lines = (folder / "one.csv").read_text().splitlines()
    lines[line] = f"{lines[line]},churned" if line == 0 else lines[line][:-1]
    (folder / "one.csv").write_text("\n".join(lines))

    with pytest.raises(ValueError, match=message):
        data.inspect("one")


@pytest.mark.parametrize("name", ["../secret", "a/b", ".hidden", "", "a" * 101, "a b"])
def test_a_name_with_a_path_in_it_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a file"):
        data.generate(name, 1, 10)


def test_without_a_folder_the_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOBS_FILES_DIR")

    with pytest.raises(RuntimeError, match="JOBS_FILES_DIR is empty"):
        data.generate("one", 1, 10)


def test_a_missing_file_is_named_without_its_path(folder: Path) -> None:
    for call in (lambda: data.inspect("none"), lambda: prediction.predict("none", CUSTOMER)):
        with pytest.raises(FileNotFoundError) as raised:
            call()
        assert "'none'" in str(raised.value)
        assert str(folder) not in str(raised.value)


def test_an_average_customer_has_no_reasons(model: str) -> None:
    average: Customer = {**CUSTOMER, "support_calls": 2}

    answer = prediction.predict(model, average)

    assert answer["churn_probability"] == 0.5
    assert {reason["effect"] for reason in answer["reasons"]} == {0.0}


def test_the_strongest_reason_comes_first(model: str) -> None:
    answer = prediction.predict(model, CUSTOMER)

    assert answer["churn_probability"] > 0.9
    assert answer["reasons"][0]["feature"] == "support_calls"
    assert answer["reasons"][0]["effect"] > 0.4


@pytest.mark.usefixtures("eager_app")
def test_parts_join_to_one_file_in_the_order_of_the_customers(folder: Path, model: str) -> None:
    data.generate("customers", 1, 250)
    parts = [prediction.predict_part.delay(model, "customers", first, 100).get() for first in (0, 100, 200)]

    joined = prediction.join_parts.delay(parts, "predictions").get()

    with (folder / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["customer_id"] for row in rows] == [f"C{number:05}" for number in range(1, 251)]
    assert [part["rows"] for part in parts] == [100, 100, 50]
    assert joined["rows"] == sum(joined["histogram"]) == 250
    assert joined["at_risk"] == sum(part["at_risk"] for part in parts)
    assert list(folder.glob("part-*")) == []


@pytest.mark.usefixtures("eager_app")
def test_old_parts_of_other_predictions_are_removed(folder: Path, model: str) -> None:
    old, new = folder / "part-old.csv", folder / "part-new.csv"
    for file in (old, new):
        file.touch()
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    data.generate("customers", 1, 100)

    prediction.join_parts([prediction.predict_part.delay(model, "customers", 0, 100).get()], "predictions")

    assert list(folder.glob("part-*")) == [new]


@pytest.mark.usefixtures("eager_app")
def test_joining_again_gives_the_same_summary(model: str) -> None:
    data.generate("customers", 1, 100)
    parts = [prediction.predict_part.delay(model, "customers", 0, 100).get()]

    assert prediction.join_parts(parts, "twice") == prediction.join_parts(parts, "twice")


def test_training_reports_each_round_and_saves_its_model(eager_app: EagerApp) -> None:
    pytest.importorskip("sklearn", reason="`make example` installs it")
    data.generate("customers", 3, 400)

    job = training.train.delay("customers", "trained", 3)

    trained = job.get()
    progress = [meta for state, meta in eager_app.history(job.id) if state == "PROGRESS"]
    assert [meta["done"] for meta in progress] == [1, 2, 3]
    assert progress[-1]["seconds_left"] == 0
    assert progress[-1]["loss"] == trained["loss"]
    assert trained["loss"][-1] < trained["loss"][0]
    assert 0 <= prediction.predict("trained", CUSTOMER)["churn_probability"] <= 1


@pytest.mark.usefixtures("eager_app")
def test_a_dataset_without_anyone_who_left_is_refused(folder: Path) -> None:
    data.generate("customers", 1, 100)
    file = folder / "customers.csv"
    file.write_text("\n".join(line[:-1] + "0" for line in file.read_text().splitlines()))
    file.write_text(file.read_text().replace("churne0", "churned"))

    with pytest.raises(ValueError, match="training needs 50 customers: at least 5 who left"):
        training.train.delay("customers", "m").get()


def test_a_terminated_task_leaves_no_file(folder: Path) -> None:
    """SIGTERM ends a pool's process at any moment: its handler raises SystemExit."""

    def end(*_: object) -> None:
        raise SystemExit

    with handling_sigterm(end), pytest.raises(SystemExit):
        write_and_terminate(folder / "whole.csv")

    assert list(folder.iterdir()) == []


def test_a_task_goes_on_after_a_sigterm_that_only_stops_its_worker(folder: Path) -> None:
    """With `-P solo`, a worker that gets SIGTERM finishes its task first."""
    with handling_sigterm(lambda *_: None):
        write_and_terminate(folder / "whole.csv")

    assert [file.name for file in folder.iterdir()] == ["whole.csv"]


@contextmanager
def handling_sigterm(handler: Callable[..., object]) -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def write_and_terminate(path: Path) -> None:
    with _files.replacing(path) as file:
        file.write("half")
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.usefixtures("eager_app")
def test_a_cancelled_task_does_not_begin(folder: Path) -> None:
    (folder / "cancelled-stopped").touch()

    training.train.apply_async(("no-dataset", "model"), task_id="stopped")

    assert str(training.train.AsyncResult("stopped").state) == "REVOKED"
    with pytest.raises(FileNotFoundError):
        training.train.apply_async(("no-dataset", "model")).get()
