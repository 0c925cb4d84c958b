"""Datasets: invented ones, and a look at uploaded ones, so that no web server has to read CSV."""

from typing_extensions import TypedDict

from py_workers.tasks.churn._customers import COLUMNS, MOST_ROWS, OUTCOME, columns_of, invent, read
from py_workers.worker import celery_app


class Dataset(TypedDict):
    """A dataset's name, rows and columns."""

    dataset: str
    rows: int
    columns: list[str]


@celery_app.task
def generate(dataset: str, seed: int, rows: int) -> Dataset:
    """Write a dataset of invented customers; the same seed gives the same ones."""
    if not 1 <= rows <= MOST_ROWS:
        raise ValueError(f"rows is {rows}: use a number from 1 to {MOST_ROWS}")
    invent(dataset, seed, rows)
    return {"dataset": dataset, "rows": rows, "columns": [*COLUMNS, OUTCOME]}


@celery_app.task
def inspect(dataset: str) -> Dataset:
    """Read a dataset once; an error in it raises ValueError with the row and the column."""
    rows = 0
    for rows, _ in enumerate(read(dataset), 1):
        if rows > MOST_ROWS:
            raise ValueError(f"the file has more than {MOST_ROWS} rows")
    if rows == 0:
        raise ValueError("the file has no rows")
    return {"dataset": dataset, "rows": rows, "columns": columns_of(dataset)}
