"""What POSTs take."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Name = Annotated[str, Field(max_length=100)]
Address = Annotated[str, Field(max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")]


class Model(BaseModel):
    """A body: camelCase in JSON, and nothing that is not known."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class NewDataset(Model):  # noqa: D101 - these say what they are
    seed: int = Field(ge=0, le=1_000_000)
    rows: int = Field(ge=100, le=50_000)


class Training(Model):  # noqa: D101
    dataset: Name
    rounds: int = Field(40, ge=1, le=400)


class Customer(Model):  # noqa: D101
    customer_id: str = Field(min_length=1, max_length=40)
    tenure_months: int = Field(ge=0, le=120)
    monthly_charge: float = Field(ge=0, le=500)
    contract: Literal["monthly", "yearly", "two-year"]
    support_calls: int = Field(ge=0, le=50)
    late_payments: int = Field(ge=0, le=24)
    products: int = Field(ge=1, le=8)


class ForOne(Model):  # noqa: D101
    model: Name
    customer: Customer


class ForFile(Model):  # noqa: D101
    model: Name
    dataset: Name


class Report(Model):  # noqa: D101
    predictions: Name


class Mail(Model):  # noqa: D101
    report: Name
    to: Address


class Workflow(ForFile):  # noqa: D101
    to: Address


class Outage(Model):  # noqa: D101
    seconds: int = Field(ge=0, le=120)
