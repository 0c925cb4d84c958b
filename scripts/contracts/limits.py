"""Limits of values: those of one JSON Schema that values of another one may exceed."""

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
# A limit, and whether only larger or smaller numbers than it are meant.
_Bound = tuple[float, bool]

# Keyword -> whether a smaller value accepts more.
_SIZES = {
    "minLength": True,
    "minItems": True,
    "minProperties": True,
    "maxLength": False,
    "maxItems": False,
    "maxProperties": False,
}
_SAME = ("pattern", "uniqueItems")
# Keyword -> whether a constant keeps to it.
_KEPT: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, limit: bool(value >= limit),
    "exclusiveMinimum": lambda value, limit: bool(value > limit),
    "maximum": lambda value, limit: bool(value <= limit),
    "exclusiveMaximum": lambda value, limit: bool(value < limit),
    "multipleOf": lambda value, limit: value % limit == 0,
    "minLength": lambda value, limit: len(value) >= limit,
    "maxLength": lambda value, limit: len(value) <= limit,
    "pattern": lambda value, limit: re.search(limit, value) is not None,
}


def exceeded(give: Json, take: Json) -> Iterator[str]:
    """Yields a text for each limit of `take` that a value of `give` may exceed."""
    if "const" in give:
        for keyword, is_kept in _KEPT.items():
            if keyword in take and not _is_kept(is_kept, give["const"], take[keyword]):
                yield f"{keyword} {take[keyword]}"
        return
    yield from _range(give, take)
    for keyword, smaller_takes_more in _SIZES.items():
        if keyword in take:
            old, new = give.get(keyword), take[keyword]
            if old is None or (new > old if smaller_takes_more else new < old):
                yield _text(keyword, give, take)
    if "multipleOf" in take and give.get("multipleOf", math.pi) % take["multipleOf"] != 0:
        yield _text("multipleOf", give, take)
    for keyword in _SAME:
        if keyword in take and give.get(keyword) != take[keyword]:
            yield f"{keyword} {take[keyword]}"


def _is_kept(check: Callable[[Any, Any], bool], value: Any, limit: Any) -> bool:
    try:
        return check(value, limit)
    except (TypeError, re.error):  # a limit of other types, or a pattern that only JavaScript knows
        return True


def _range(give: Json, take: Json) -> Iterator[str]:
    """Compares the smallest and largest numbers, for integers also `> 0` with `>= 1`."""
    is_integer = give.get("type") == "integer"
    for low, high, sign in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        given, taken = (_bound(each, low, high, sign, is_integer) for each in (give, take))
        if taken is not None and (given is None or taken > given):
            keyword = high if high in take else low
            yield _text(keyword, give, take)


def _bound(schema: Json, inclusive: str, exclusive: str, sign: int, is_integer: bool) -> _Bound | None:
    """Returns the strictest limit in one direction; of two, the greater one is stricter."""
    bounds: list[_Bound] = []
    if inclusive in schema:
        bounds.append((sign * schema[inclusive], False))
    if exclusive in schema:
        bounds.append((sign * schema[exclusive], True))
    if is_integer:
        bounds = [
            (math.floor(limit) + 1 if is_open else math.ceil(limit), False) for limit, is_open in bounds
        ]
    return max(bounds, default=None)


def _text(keyword: str, give: Json, take: Json) -> str:
    return f"{keyword} {take[keyword]}" + (f" instead of {give[keyword]}" if keyword in give else "")
