"""Customers: the columns of a dataset, its CSV file, and invented customers to begin with."""

import csv
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Literal

from typing_extensions import TypedDict

from py_workers.tasks.churn._files import path_of, replacing

Contract = Literal["monthly", "yearly", "two-year"]
CONTRACTS: tuple[Contract, ...] = ("monthly", "yearly", "two-year")
# Each feature's smallest and largest value, in the order of a dataset's columns.
FEATURES: Mapping[str, tuple[float, float]] = {
    "tenure_months": (0, 120),
    "monthly_charge": (0, 500),
    "contract": (0, len(CONTRACTS) - 1),
    "support_calls": (0, 50),
    "late_payments": (0, 24),
    "products": (1, 8),
}
COLUMNS = ("customer_id", *FEATURES)
OUTCOME = "churned"
MOST_ROWS = 50_000
LONGEST_ID = 40


class Customer(TypedDict):
    """A customer about whom a prediction is wanted."""

    customer_id: str
    tenure_months: int
    monthly_charge: float
    contract: Contract
    support_calls: int
    late_payments: int
    products: int


Row = tuple[str, list[float], int]


def features_of(values: Mapping[Any, object]) -> list[float]:
    """Return a customer as numbers. Raises ValueError when a value is missing or out of range."""
    return [_number(name, values.get(name), *limits) for name, limits in FEATURES.items()]


def read(dataset: str, first: int = 0, count: int | None = None) -> Iterator[Row]:
    """Yield the id, the features and the outcome of customers; without ``churned``, the outcome is 0.

    Raises ValueError, with the row, when the file is not a dataset; FileNotFoundError without its path.
    """
    last = None if count is None else first + count
    with _rows(dataset) as rows:
        for number, row in enumerate(islice(rows, first, last), first + 1):
            yield _row(number, row)


def columns_of(dataset: str) -> list[str]:
    """Return the columns of a dataset, without those that no task reads. Raises as ``read``."""
    with _rows(dataset) as rows:
        return [column for column in (*COLUMNS, OUTCOME) if column in (rows.fieldnames or ())]


def invent(dataset: str, seed: int, rows: int) -> None:
    """Write a dataset of invented customers, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - invented data is not secret
    with replacing(path_of(dataset, ".csv")) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*COLUMNS, OUTCOME])
        for number in range(1, rows + 1):
            tenure = min(120, int(chance.expovariate(1 / 30)))
            charge = round(max(10.0, chance.gauss(70, 28)), 2)
            contract = chance.choices((0, 1, 2), (5, 3, 2))[0]
            calls = min(50, int(chance.expovariate(1 / 1.8)))
            late = min(24, int(chance.expovariate(1 / 1.2)))
            products = chance.choices((1, 2, 3, 4), (5, 3, 2, 1))[0]
            # Newcomers leave for the price, and those who call often leave whatever their contract.
            risk = -2.4 - tenure / 24 + charge / 38 - 1.3 * contract + 0.55 * calls + 0.5 * late
            risk += -0.3 * products + (1.2 if calls > 3 and tenure < 12 else 0)
            churned = int(chance.random() < 1 / (1 + math.exp(-risk)))
            each = tenure, charge, CONTRACTS[contract], calls, late, products, churned
            writer.writerow([f"C{number:05}", *each])


@contextmanager
def _rows(dataset: str) -> "Iterator[csv.DictReader[str]]":
    try:
        file = path_of(dataset, ".csv").open(encoding="utf-8-sig", newline="")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no dataset {dataset!r}") from None
    with file:
        try:
            rows = csv.DictReader(file)
            _check_columns(rows.fieldnames or ())
            yield rows
        except UnicodeDecodeError:
            raise ValueError("this is not a CSV file in UTF-8: in Excel, save it as “CSV UTF-8”") from None
        except csv.Error as error:
            raise ValueError(f"this is not a CSV file: {error}") from None


def _check_columns(given: Sequence[str]) -> None:
    if not given:
        raise ValueError("the file is empty")
    if len(given) == 1 and (";" in given[0] or "\t" in given[0]):
        raise ValueError("the columns are separated by semicolons or tabs: use commas")
    for column in COLUMNS:
        if column not in given:
            raise ValueError(f"the first line has no column {column}: it needs {', '.join(COLUMNS)}")
    for column in (*COLUMNS, OUTCOME):
        if given.count(column) > 1:
            raise ValueError(f"the first line has the column {column} more than once")


def _row(number: int, row: Mapping[str | None, str | None]) -> Row:
    if None in row:
        raise ValueError(f"row {number}: it has more values than the first line has columns")
    try:
        return _id(row["customer_id"] or ""), features_of(row), _outcome(row.get(OUTCOME, "0"))
    except ValueError as error:
        raise ValueError(f"row {number}: {error}") from None


def _outcome(value: str | None) -> int:
    if not value:
        raise ValueError(f"{OUTCOME} is missing: use 0 or 1, or leave out the column")
    outcome = _number(OUTCOME, value, 0, 1)
    if outcome.is_integer():
        return int(outcome)
    raise ValueError(f"{OUTCOME} is {value[:20]!r}: use 0 or 1")


def _id(value: str) -> str:
    if 1 <= len(value) <= LONGEST_ID and value.isprintable():
        return value
    raise ValueError(f"customer_id is {value[:20]!r}: use 1 to {LONGEST_ID} characters of one line")


def _number(name: str, value: object, least: float, most: float) -> float:
    if value is None or value == "":
        raise ValueError(f"{name} is missing")
    if name == "contract":
        if value not in CONTRACTS:
            raise ValueError(f"contract is {str(value)[:20]!r}: use one of {', '.join(CONTRACTS)}")
        return float(CONTRACTS.index(value))
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise ValueError(f"{name} is {str(value)[:20]!r}: use a number from {least:g} to {most:g}")
    return number
