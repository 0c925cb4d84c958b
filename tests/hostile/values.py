"""Values that no sender should write: one description of them for messages, results, events and commands.

They are JSON texts' worth of values, with `Raw` for what Python's own serializer does not write.
"""

import json
from itertools import count
from typing import Any

from hypothesis import strategies as st


class Raw(str):
    """A JSON text that stands for itself: `1e400`, or brackets nested a thousand deep."""

    __slots__ = ()


def words(text: str) -> list[str]:
    """Returns the words of a text, for lists that are easier to read as one."""
    return text.split()


def dumps(value: Any) -> str:
    """Returns the text of a value, with every `Raw` as it stands."""
    raws: list[str] = []
    numbers = count()

    def swapped(node: Any) -> Any:
        if isinstance(node, Raw):
            raws.append(node)
            return f"@raw:{next(numbers)}@"
        if isinstance(node, dict):
            return {key: swapped(inner) for key, inner in node.items()}
        if isinstance(node, list):
            return [swapped(inner) for inner in node]
        return node

    text = json.dumps(swapped(value))
    for number, raw in enumerate(raws):
        text = text.replace(f'"@raw:{number}@"', raw)
    return text


def nested(depth: int, opening: str = "[", closing: str = "]") -> Raw:
    """Returns brackets in brackets."""
    return Raw(opening * depth + ("1" if opening != "[" else "") + closing * depth)


NUMBERS = st.sampled_from(
    [
        0,
        -1,
        1,
        0.5,
        2**31,
        2**53 + 1,
        -(2**63),
        10**30,
        -(10**400),
        *map(Raw, ("1e400", "-1e400", "NaN", "1e-400", "-0")),
    ]
)
TEXTS = st.sampled_from(
    [
        "",
        "a",
        "\ud800",
        "a\udfffb",
        "\x00",
        "é",
        "😀",
        "x" * 300,
        "__proto__",
        "constructor",
        "null",
        "%s%n",
        "../x",
    ]
)
DEPTHS = st.sampled_from([30, 300, 600, 1200, 5000]).flatmap(
    lambda depth: st.sampled_from([nested(depth), nested(depth, '{"a":', "}")])
)
#: kombu's typed values: of its own types, of unknown ones, and with what their readers do not expect.
TYPED = st.builds(
    lambda kind, value: {"__type__": kind, "__value__": value},
    st.sampled_from(
        ["datetime", "date", "time", "decimal", "uuid", "bytes", "base64", "set", "nothing", "", 5, None]
    ),
    st.sampled_from(
        ["2026-11-28T10:00:00", "abc", "", 5, None, [], {}, "1.5", "00000000-0000-0000-0000-000000000000"]
    ),
)
#: For a reader that replaces NaN by a string: it must not look for one that the text does not contain.
LIKE_NAN = Raw('[NaN, "\\u0000Na' + "N" * 100_000 + '"]')
SMALL = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
#: Any of them, small ones more often than deep ones.
VALUES = st.one_of(
    SMALL,
    SMALL,
    TYPED,
    st.lists(SMALL, max_size=3),
    st.lists(st.lists(SMALL, max_size=2), max_size=2),
    st.dictionaries(TEXTS, SMALL, max_size=3),
    DEPTHS,
)
