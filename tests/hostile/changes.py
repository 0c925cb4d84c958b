"""What is changed in a good message, of either protocol, to make it a hostile one."""

import bz2
import zlib
from collections.abc import Callable
from typing import Any

import brotli  # type: ignore[import-untyped]
from hypothesis import strategies as st

from .values import DEPTHS, LIKE_NAN, NUMBERS, TEXTS, TYPED, VALUES, Raw, dumps, words

TASK = "hostile.run"
LONG_NAME = "x" * 100_000

HEADERS = words(
    "lang task id shadow eta expires group group_index retries timelimit root_id parent_id argsrepr "
    "kwargsrepr origin ignore_result replaced_task_nesting stamped_headers stamps compression redelivered "
    "utc delivery_info properties headers args kwargs chord callbacks errbacks chain called_directly "
    "is_eager hostname correlation_id own __proto__"
)
PROPERTIES = words(
    "correlation_id correlationId reply_to delivery_mode delivery_info priority body_encoding delivery_tag "
    "timestamp own"
)
EMBEDS = words("callbacks errbacks chain chord id own")
FIELDS = words("task id args kwargs retries eta expires utc timelimit callbacks errbacks chord taskset")

Change = Callable[[dict[str, Any]], None]


def _in(part: str, name: str, value: Any) -> Change:
    def change(parts: dict[str, Any]) -> None:
        if isinstance(parts[part], dict):
            parts[part][name] = value

    return change


def _without(part: str, name: str) -> Change:
    def change(parts: dict[str, Any]) -> None:
        if isinstance(parts[part], dict):
            parts[part].pop(name, None)

    return change


def _has(body: Any, index: int) -> bool:
    """Whether a body has this part still: another change may have put a shorter list in its place."""
    return isinstance(body, list) and len(body) > index


def _of_body(index: int, value: Any) -> Change:
    def change(parts: dict[str, Any]) -> None:
        if _has(parts["body"], index):
            parts["body"][index] = value

    return change


def _of_embed(name: str, value: Any) -> Change:
    def change(parts: dict[str, Any]) -> None:
        if _has(parts["body"], 2) and isinstance(parts["body"][2], dict):
            parts["body"][2][name] = value

    return change


def _whole(part: str, value: Any) -> Change:
    return lambda parts: parts.update({part: value})


def _whole_stamps(names: list[str]) -> Change:
    def change(parts: dict[str, Any]) -> None:
        _in("headers", "stamped_headers", names)(parts)
        _in("headers", "stamps", {name: [*names[:50]] for name in names[:50]})(parts)

    return change


def _compressed(method: str, compress: Callable[[bytes], bytes]) -> Change:
    def change(parts: dict[str, Any]) -> None:
        make_unique(parts, parts["number"])  # while its id can be read
        parts["task_id"] = id_of(parts)
        body = parts["body"]
        plain = body if isinstance(body, bytes) else dumps(body).encode("utf-8", "surrogatepass")
        parts["body"] = compress(plain)
        _in("headers", "compression", method)(parts)

    return change


#: Bodies that the codec of their `content-encoding` would expand; kombu uses it for types without a decoder.
BOMBS = {"bz2": bz2.compress(bytes(200_000_000)), "zlib": zlib.compress(bytes(200_000_000))}
UNDECODED = (None, "application/data", "application/text")


def _coded(codec: str, content_type: str | None) -> Change:
    def change(parts: dict[str, Any]) -> None:
        make_unique(parts, parts["number"])
        parts["task_id"] = id_of(parts)
        parts["body"] = BOMBS[codec]
        parts["envelope"] |= {"content-encoding": codec, "content-type": content_type}

    return change


def _version_1(fields: dict[str, Any]) -> Change:
    def change(parts: dict[str, Any]) -> None:
        headers = parts["headers"] if isinstance(parts["headers"], dict) else {}
        body = {"task": TASK, "id": headers.get("id"), "args": [1, 2], "kwargs": {}, "retries": 0, **fields}
        parts.update(headers={}, body=body)

    return change


def _signature(options: dict[str, Any], task: Any = TASK) -> dict[str, Any]:
    return {
        "task": task,
        "args": [],
        "kwargs": {},
        "options": options,
        "subtask_type": None,
        "immutable": True,
    }


#: What is to follow a task and cannot be sent, beside what can.
SIGNATURES = st.one_of(
    st.sampled_from(
        [
            _signature({"queue": "elsewhere"}),
            _signature({"queue": "unacked"}),
            *(_signature({"queue": queue}) for queue in ("celery.leases", "celery.parked", "celery.sweep")),
            *(_signature({"queue": queue}) for queue in ("celery-task-meta-x", "hostile.dead")),
            _signature({"queue": "elsewhere", "compression": "nothing"}),
            _signature({"queue": "elsewhere", "compression": "brotli"}),
            _signature({"queue": "elsewhere", "serializer": "nothing"}),
            _signature({"queue": "elsewhere", "priority": "x"}),
            _signature({"queue": "elsewhere", "eta": "x"}),
            _signature({}, task=5),
            _signature(
                {
                    "queue": "elsewhere",
                    "stamped_headers": [f"s{n}" for n in range(3_000)],
                    **{f"own{n}": n for n in range(3_000)},
                }
            ),
            {"task": TASK},
            _signature({"queue": "\ud800"}),
            *(_signature({"queue": "elsewhere"}, task=name) for name in ("\ud800", '"} 1\n#', LONG_NAME)),
            {"subtask_type": "chord", "task": "celery.chord", "kwargs": {}},
            {"subtask_type": "circle", "task": TASK},
        ]
    ),
    VALUES,
)
MOMENTS = st.sampled_from(
    [
        "2020-01-01T00:00:00",
        "2999-01-01T00:00:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59.999999+14:00",
        "tomorrow",
        "",
    ]
)
#: Where a retry of the message would go.
PLACES = st.fixed_dictionaries(
    {
        "exchange": st.sampled_from(("", "nowhere", "celeryev", None)),
        "routing_key": st.sampled_from(("", "nowhere", "unacked")),
    }
)
#: At and over the limit of names (docs/settings.md), and of what is shown of arguments.
LONG_TEXTS = st.sampled_from(["x" * 2048, "x" * 2049, "é" * 1025, LONG_NAME])
NAMES = words("task shadow root_id parent_id group eta expires argsrepr kwargsrepr")
#: Names of stamps: many, repeated, and as many as there may be.
STAMPED = st.sampled_from([["a"] * 2000, [f"s{i}" for i in range(1000)], [f"s{i}" for i in range(1001)]])
LIMITS = st.lists(st.one_of(st.none(), NUMBERS, TEXTS, st.lists(NUMBERS, max_size=1)), min_size=1, max_size=3)

CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(_in, st.just("headers"), st.sampled_from(HEADERS), VALUES),
    st.builds(_in, st.just("headers"), st.sampled_from(("eta", "expires")), MOMENTS),
    st.builds(_in, st.just("headers"), st.just("timelimit"), LIMITS),
    st.builds(_in, st.just("headers"), st.just("retries"), st.one_of(NUMBERS, st.just(2**31 - 1))),
    st.builds(_in, st.just("headers"), st.sampled_from(NAMES), LONG_TEXTS),
    st.builds(
        _in,
        st.just("properties"),
        st.sampled_from(("correlation_id", "delivery_tag", "reply_to")),
        LONG_TEXTS,
    ),
    st.builds(_in, st.just("headers"), st.just("stamped_headers"), STAMPED),
    st.builds(
        _in, st.just("headers"), st.sampled_from(("stamped_headers", "stamps")), st.lists(VALUES, max_size=2)
    ),
    st.builds(
        _in, st.just("headers"), st.sampled_from(("retries", "group_index", "replaced_task_nesting")), NUMBERS
    ),
    st.builds(
        lambda count: _whole_stamps([f"s{n}" for n in range(count)]), st.sampled_from((900, 1_001, 3_000))
    ),
    st.builds(
        _in,
        st.just("headers"),
        st.just("task"),
        st.sampled_from(("nobody.knows", "celery.map", "celery.chord")),
    ),
    st.builds(_in, st.just("properties"), st.sampled_from(PROPERTIES), VALUES),
    st.builds(_in, st.just("properties"), st.sampled_from(("priority", "timestamp")), NUMBERS),
    st.builds(_in, st.just("properties"), st.just("delivery_info"), PLACES),
    st.builds(_in, st.just("envelope"), st.sampled_from(("content-type", "content-encoding", "own")), VALUES),
    st.builds(
        _without,
        st.sampled_from(("headers", "properties")),
        st.sampled_from(("id", "task", "body_encoding", "delivery_info")),
    ),
    st.builds(_of_body, st.integers(0, 2), VALUES),
    st.builds(_of_body, st.integers(0, 1), TYPED),
    st.just(_of_body(0, LIKE_NAN)),
    st.builds(_of_embed, st.sampled_from(EMBEDS), VALUES),
    st.builds(
        _of_embed, st.sampled_from(("callbacks", "errbacks", "chain")), st.lists(SIGNATURES, max_size=2)
    ),
    st.builds(_of_embed, st.just("chord"), SIGNATURES),
    st.builds(_whole, st.sampled_from(("headers", "properties", "body")), VALUES),
    st.builds(_whole, st.just("body"), st.one_of(st.binary(max_size=40), DEPTHS)),
    st.builds(
        _in,
        st.just("envelope"),
        st.just("body"),
        st.one_of(VALUES, st.sampled_from(("a", "=", "!!!!", "W10", "W10=\n"))),
    ),
    st.sampled_from(
        [
            _compressed("application/x-gzip", zlib.compress),
            _compressed("application/x-brotli", brotli.compress),
            _compressed("application/x-bz2", bz2.compress),
            _compressed("application/x-gzip", lambda plain: plain),
            _compressed("brotli", lambda plain: brotli.compress(plain)[:-3]),
            _compressed("nothing", zlib.compress),
        ]
    ),
    st.builds(_coded, st.sampled_from(sorted(BOMBS)), st.sampled_from(UNDECODED)),
    st.builds(_version_1, st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=2)),
    st.builds(_version_1, st.fixed_dictionaries({"eta": MOMENTS})),
    st.builds(_version_1, st.dictionaries(st.sampled_from(FIELDS), LONG_TEXTS, min_size=1, max_size=1)),
)


def make_unique(parts: dict[str, Any], number: int) -> None:
    """Whatever id a message has is its own: what became of it is looked up by that."""
    for part in ("headers", "body"):
        task_id = parts[part].get("id") if isinstance(parts[part], dict) else None
        if (
            isinstance(task_id, str)
            and not isinstance(task_id, Raw)
            and task_id
            and str(number) not in task_id
        ):
            parts[part]["id"] = f"{task_id}-{number}"


def id_of(parts: dict[str, Any]) -> str | None:
    for part in ("headers", "body"):
        task_id = parts[part].get("id") if isinstance(parts[part], dict) else None
        if isinstance(task_id, str) and task_id and not isinstance(task_id, Raw):
            return str(task_id)
    return str(parts["task_id"]) if parts["task_id"] else None
