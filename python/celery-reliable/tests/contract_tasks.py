"""Tasks of every kind of parameter and type, for test_contracts.py. Celery names them after this module."""

# Half of its types are wrong on purpose.
# mypy: ignore-errors

import enum
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, NotRequired, Optional, Unpack

import typing_extensions
from celery import Celery, Task
from pydantic import BaseModel, ConfigDict, Field, JsonValue

app = Celery("contracts", broker="memory://")


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Point(typing_extensions.TypedDict):
    x: float
    y: NotRequired[float]


@dataclass
class Box:
    """A box."""

    corner: Point
    tags: list[str] = field(default_factory=list)


class Node(BaseModel):
    name: str
    children: list["Node"] = []
    at: datetime | None = None


class Named(BaseModel):
    full_name: str = Field(alias="fullName")


class NamedTwice(Named):
    model_config = ConfigDict(serialize_by_alias=True)


@dataclass
class Stamp:
    at: datetime
    count: int = 0


class Basket(BaseModel):
    """Pydantic describes a type that is used twice next to the model."""

    first: Stamp
    second: Stamp


class Plain:
    pass


class Unlucky:
    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> None:
        raise ImportError("a package is\nnot installed")


@app.task
def kinds(a: int, /, b: str, *rest: float, c: bool = True, d: Literal["x", 1, None] = None, **others: int) -> None:
    """Take every kind of parameter.

    This is not in the catalogue.
    """


@app.task
def typed(
    at: datetime, day: date, hour: time, price: Decimal, key: uuid.UUID, raw: bytes
) -> tuple[datetime, Decimal]: ...


@app.task
def shapes(box: Box, point: Point, colour: Colour = Colour.RED, maybe: Optional[int] = None) -> list[Box]: ...  # noqa: UP045


@app.task(pydantic=True, max_retries=None, time_limit=30, soft_time_limit=20.5)
def tree(node: Node, count: Annotated[int, Field(ge=1, description="how many")] = 1) -> Node: ...


@app.task(bind=True, progress=Point, autoretry_for=(KeyError,))
def bound(self: "Task[..., int]", size: int = 3) -> int: ...


class Options(typing_extensions.TypedDict):
    urgent: bool
    colour: NotRequired[Colour]


@app.task
def unpacked(**options: Unpack[Options]) -> JsonValue:
    """.. deprecated:: 2.0
    Use kinds.
    """


@app.task
def unpacked_here(**options: typing_extensions.Unpack[Options]) -> None: ...


@app.task
def limited_keys(prices: dict[Annotated[str, Field(pattern="^[A-Z]+$")], int]) -> None: ...


class Holder(BaseModel):
    class Page(BaseModel):
        class Page(BaseModel):
            number: int

        inner: Page

    class Box(BaseModel):
        size: int


@app.task(pydantic=True)
def same_names(outer: Holder.Page, inner: Holder.Page.Page, box: Box, other: Holder.Box) -> Holder.Page.Page: ...


@app.task
def computed(
    at: datetime = datetime.now(),  # noqa: B008
    day: date = date(2026, 1, 2),
    seed: int = hash("x"),
    *,
    price: Decimal = Decimal("1.5"),
    text: str = "\ud800",
) -> None: ...


TODAY = date.today()
LATER = (TODAY, 1)


class Dated(BaseModel):
    at: datetime = Field(default=datetime.now(), alias="createdAt")
    day: date = date(2026, 1, 2)
    seen: date = TODAY
    count: int = Field(default=3)


class MoreDated(Dated):
    """Inherits its fields."""


@dataclass
class DatedBox:
    day: date = date.today()  # noqa: RUF009
    count: int = field(default=4)


@app.task
def computed_elsewhere(
    model: Dated, box: DatedBox, day: date = TODAY, later: tuple[date, int] = LATER, more: MoreDated | None = None
) -> None: ...


class Loose(BaseModel):
    rows: list[Any]


Tree = dict[str, "Tree"] | int


class Unfinished(BaseModel):
    part: "Nowhere"  # noqa: F821


@app.task
def partly(a: list[Any], b: dict, c: dict[str, Loose], d: dict[str, object], e: JsonValue) -> Annotated[tuple, "x"]: ...


@app.task
def hopeless(tree: Tree, unfinished: Unfinished) -> None: ...


@app.task
def untyped(
    a,
    b: Any,
    c: Plain,
    wait: timedelta,
    d: "Missing" = None,  # noqa: F821
    e: list[int] = Plain(),  # noqa: B008
    f: list[Unlucky] = (),
):
    pass


@app.task
def anything(value: object) -> object:
    return value


@app.task
async def coroutine() -> int: ...


@app.task(pydantic=True)
def renamed(named: Named) -> Named: ...


@app.task(pydantic=True)
def renamed_twice() -> NamedTwice: ...


@app.task(pydantic=True)
def basket(basket: Basket) -> Basket: ...


@app.task
def stamped(stamp: Stamp) -> Stamp: ...


@app.task(pydantic=True, pydantic_strict=True)
def strict(basket: Basket) -> Basket: ...


@app.task(pydantic=True, pydantic_dump_kwargs={"by_alias": True, "mode": "python"})
def dumped() -> tuple[Named, Basket]: ...


@app.task(pydantic=True, pydantic_dump_kwargs={"exclude_defaults": True})
def excluded() -> Basket: ...
