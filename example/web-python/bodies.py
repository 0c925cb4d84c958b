"""The bodies of POSTs."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

Name = Annotated[str, Field(max_length=100)]
# ASCII only, as in zod's email(), so that both web servers accept the same addresses.
_ADDRESS = re.compile(
    r"(?!\.)(?!.*\.\.)[A-Za-z0-9_'+\-.]*[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}"
)


def _checked(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise PydanticCustomError("address", "Invalid email address")
    return address


def _whole(number: object) -> object:
    return int(number) if isinstance(number, float) and number.is_integer() else number


# In JSON, 1.0 is a whole number too.
Whole = Annotated[int, BeforeValidator(_whole)]
Address = Annotated[str, Field(max_length=200), AfterValidator(_checked)]


class Model(BaseModel):
    """A body: camelCase in JSON, without unknown fields."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True)


class NewDataset(Model):
    """Customers to make up; the same seed makes the same ones."""

    seed: Whole = Field(ge=0, le=1_000_000)
    rows: Whole = Field(ge=100, le=50_000)


class Training(Model):
    """A dataset to learn from, and for how long."""

    dataset: Name
    rounds: Whole = Field(40, ge=1, le=400)


class Customer(Model):
    """A customer. The model predicts whether they leave."""

    customer_id: str = Field(min_length=1, max_length=40)
    tenure_months: Whole = Field(ge=0, le=120)
    monthly_charge: float = Field(ge=0, le=500)
    contract: Literal["monthly", "yearly", "two-year"]
    support_calls: Whole = Field(ge=0, le=50)
    late_payments: Whole = Field(ge=0, le=24)
    products: Whole = Field(ge=1, le=8)


class ForOne(Model):
    """A customer, and the model to ask about them."""

    model: Name
    customer: Customer


class ForFile(Model):
    """A dataset, and the model to ask about its customers."""

    model: Name
    dataset: Name


class Report(Model):
    """The job whose predictions the report shows."""

    predictions: Name


class Mail(Model):
    """The job that rendered the report, and where to send it."""

    report: Name
    to: Address


class Workflow(ForFile):
    """A dataset to predict, and where to send the report about it."""

    to: Address


class Outage(Model):
    """How long the mail server is to be away."""

    seconds: Whole = Field(ge=0, le=120)
