"""Hostile control commands and events, as published for workers and other listeners."""

import base64
from typing import Any

from hypothesis import strategies as st

from .changes import BOMBS, TASK, UNDECODED
from .messages import QUEUE
from .values import LIKE_NAN, VALUES, Raw, dumps, words

COMMANDS = words(
    "ping stats active reserved scheduled revoked registered conf active_queues query_task report clock "
    "hello rate_limit time_limit revoke revoke_by_stamped_headers terminate add_consumer cancel_consumer "
    "pool_grow nothing"
)
ARGUMENTS = words(
    "queue exchange exchange_type routing_key task_name rate_limit soft hard ids task_id headers signal n "
    "own taskinfoitems from_node revoked terminate"
)
# What may be done to a worker by any of them is done to it: these leave it as it is.
HARMLESS = {"cancel_consumer": {"queue": "another"}, "pool_grow": {"n": 1_000}}
CONTROL = "celery.pidbox"
EVENTS = "celeryev"
KINDS = words(
    "worker-heartbeat worker-online worker-offline worker-elect task-received task-sent task-succeeded own"
)


def _published(body: Any, /, **envelope: Any) -> bytes:
    properties = {
        "body_encoding": "base64",
        "delivery_info": {"exchange": CONTROL, "routing_key": ""},
        "priority": 0,
        "delivery_tag": "tag",
    }
    whole = {
        "body": base64.b64encode(dumps(body).encode("utf-8", "surrogatepass")).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"clock": 1, "expires": None},
        "properties": properties,
        **envelope,
    }
    return dumps(whole).encode("utf-8", "surrogatepass")


def _command(method: str, arguments: dict[str, Any], reply_to: Any) -> dict[str, Any]:
    known = HARMLESS.get(method)
    if method in ("add_consumer", "cancel_consumer") and arguments.get("queue") == QUEUE:
        arguments = {}
    given = arguments if known is None else known
    return {"method": method, "arguments": given, "destination": None, "reply_to": reply_to, "ticket": "t"}


def _ping(**address: Any) -> dict[str, Any]:
    return {"method": "ping", "arguments": {}, "destination": None, "ticket": "t", **address}


#: Patterns that take long to match, or with no clear meaning; and destinations of that kind.
_ADDRESSES = st.one_of(
    st.builds(
        lambda pattern: _ping(pattern=pattern, matcher="pcre"),
        st.sampled_from(("(((.+)+)+)+!", ".*" * 60 + "!", "(|)" * 60 + "!", "(a*)*" * 20, "(?=(.+)+!)")),
    ),
    st.builds(
        lambda pattern: _ping(pattern=pattern, matcher="glob"),
        st.sampled_from(("*?" * 100 + "!", "*?" * 100_000, "[" * 200, "[z-a]")),
    ),
    st.builds(lambda pattern, matcher: _ping(pattern=pattern, matcher=matcher), VALUES, VALUES),
    st.builds(lambda destination: _ping(destination=destination), VALUES),
)
#: Commands whose arguments are of the right kind, and too many, or not what they seem.
_LARGE = st.sampled_from(
    [
        _command("add_consumer", {"queue": queue}, None)
        for queue in (
            "unacked",
            "unacked_index",
            "celery.leases",
            f"{QUEUE}.dead",
            "_kombu.binding.celery.pidbox",
        )
    ]
    + [
        _command("revoke", {"task_id": [f"nobody-{n}" for n in range(500)]}, None),
        _command("revoke", {"task_id": ["x"] * 60_000}, None),
        _command("terminate", {"task_id": ["x" * 3_000], "signal": "TERM"}, None),
        _command("hello", {"from_node": "other@host", "revoked": ["x"] * 60_000}, None),
        _command("revoke_by_stamped_headers", {"headers": {f"s{n}": [n, -n] for n in range(2_000)}}, None),
        _command("registered", {"taskinfoitems": ["name"] * 20_000}, None),
    ]
)
_BOMBS = st.builds(
    lambda codec, kind: _published(
        {},
        **{"body": base64.b64encode(BOMBS[codec]).decode(), "content-encoding": codec, "content-type": kind},
    ),
    st.sampled_from(sorted(BOMBS)),
    st.sampled_from(UNDECODED),
)
#: Larger than a command may be, in bytes and in values.
_TOO_LARGE = st.sampled_from(
    [_published({"method": "ping", "own": own}) for own in ("x" * 9_000_000, Raw(f"[{'[],' * 300_000}[]]"))]
)
_ENVELOPES = st.dictionaries(
    st.sampled_from(("body", "content-type", "content-encoding", "headers", "properties")), VALUES, max_size=1
)
#: Arguments of their kind that would harm a worker.
_HARMFUL: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.sampled_from(
    [
        *(("rate_limit", {"task_name": TASK, "rate_limit": rate}) for rate in ("-5/s", "nan/s", "-inf/m")),
        ("revoke", {"task_id": [f"nobody-{i}" for i in range(5_000)]}),
        *(("terminate", {"task_id": "nobody", "signal": name}) for name in ("STOP", "SIGWINCH", 19, True)),
        *(("autoscale", sizes) for sizes in ({"max": 0}, {"min": 1_000}, {"max": 1, "min": 2})),
        ("pool_shrink", {"n": 1_000}),
        ("revoke_by_stamped_headers", {"headers": {"own": [f"stamp-{i}" for i in range(5_000)]}}),
    ]
)
_REPLY_TO = st.one_of(
    st.none(),
    VALUES,
    st.sampled_from(
        ({"exchange": "reply", "routing_key": "r"}, {"exchange": "", "routing_key": "celery.parked"})
    ),
)
_COMMANDS = st.one_of(
    st.builds(
        _command,
        st.sampled_from(COMMANDS),
        st.dictionaries(st.sampled_from(ARGUMENTS), VALUES, max_size=3),
        _REPLY_TO,
    ),
    st.builds(lambda harmful, reply_to: _command(harmful[0], harmful[1], reply_to), _HARMFUL, _REPLY_TO),
)
_EVENTS = st.builds(
    lambda kind, fields: {
        "type": kind,
        "hostname": "other@host",
        "timestamp": 1.0,
        "clock": 1,
        "utcoffset": 0,
        **fields,
    },
    st.sampled_from(KINDS),
    st.dictionaries(
        st.sampled_from(
            words("hostname timestamp clock pid freq uuid utcoffset heartbeats expire_window event loadavg")
        ),
        VALUES,
        max_size=3,
    ),
)
#: The channel's last part, and what is published there.
BROADCASTS = st.one_of(
    st.tuples(
        st.just(CONTROL), st.builds(lambda body, more: _published(body, **more), _COMMANDS, _ENVELOPES)
    ),
    st.tuples(st.just(CONTROL), st.builds(_published, st.one_of(_ADDRESSES, _LARGE))),
    st.tuples(st.just(CONTROL), st.builds(_published, st.one_of(VALUES, st.just(LIKE_NAN)))),
    st.tuples(st.just(CONTROL), VALUES.map(lambda value: dumps(value).encode("utf-8", "surrogatepass"))),
    st.tuples(st.just(CONTROL), st.binary(max_size=40)),
    st.tuples(
        st.sampled_from((CONTROL, f"{EVENTS}/worker.heartbeat")), st.one_of(_BOMBS, _BOMBS, _TOO_LARGE)
    ),
    st.tuples(
        st.sampled_from([f"{EVENTS}/{kind.replace('-', '.')}" for kind in KINDS]),
        st.builds(lambda body, more: _published(body, **more), _EVENTS, _ENVELOPES),
    ),
    st.tuples(st.just(f"{EVENTS}/worker.heartbeat"), st.builds(_published, VALUES)),
)
