from __future__ import annotations
import json, math, pytest
from .workers import Kind, Target
from .metas import stored_meta
VALUES = {
 "big": 2**60+1, "bigger": 2**64, "neg0": -0.0, "1e16": 1e16, "1e22": 1e22, "tiny": 5e-324, "proto": {"__proto__": 1, "constructor": 2, "": 3},
 "typekey": {"__type__": "datetime"}, "typekey2": {"__type__": "nope", "__value__": 3}, "deep": None, "surr": "\ud800", "intkeys": {"1": 1, "0": 2, "b": 3, "a": 4},
 "long": 123456789012345678901234567890, "f": 0.1+0.2, "dup": [1.0, 100.0], "bigobj": {str(i): i for i in range(2000)},
}
d = 1
for _ in range(100): d = [d]
VALUES["deep"] = d
@pytest.mark.parametrize("name", VALUES)
def test_values(both, shared_redis, name):
    out = {}
    for kind, t in both.items():
        r = t.send("basic.echo", (VALUES[name],))
        try: r.get(timeout=5, propagate=False)
        except Exception as e: print(kind, "ERR", repr(e)[:200]); continue
        out[kind] = json.loads(shared_redis.get(f"celery-task-meta-{r.id}"))
        out[kind] = (out[kind]["status"], repr(out[kind]["result"])[:200], list(out[kind]["result"])[:5] if isinstance(out[kind]["result"], dict) else "")
    assert out[Kind.NODE] == out[Kind.PYTHON]

CALLS = {
 "self kw": ("context.show", (1,), {"self": 1}, {}),
 "tl": ("work.record", ("/dev/null", "x", 3), {}, {"time_limit": 1}),
 "softtl": ("work.record", ("/dev/null", "x", 3), {}, {"soft_time_limit": 1}),
 "neg countdown": ("basic.add", (1,2), {}, {"countdown": -5}),
 "prio 255": ("basic.add", (1,2), {}, {"priority": 255}),
 "expires float": ("basic.add", (1,2), {}, {"expires": 0.0}),
 "nothing kwargs": ("basic.nothing", (), {"a": 1, "b": 2}, {}),
 "two unknown": ("basic.add", (1,), {"p": 1, "q": 2}, {}),
 "greet missing": ("basic.greet", (), {}, {}),
 "order surplus": ("basic.order", ("a", 2, 3), {}, {}),
 "order unknown kw": ("basic.order", ("a",), {"amount": 2, "zzz": 3}, {}),
 "kwonly obj positional": ("basic.order", ("a", {"amount": 2}), {}, {}),
 "retries kw": ("retries.retry_until", (), {"times": 1, "countdown": 0}, {}),
 "str none": ("errors.fail", (None,), {}, {}),
 "fail int": ("errors.fail", (5,), {}, {}),
 "fail dict": ("errors.fail", ({"a": [1]},), {}, {}),
 "fail long": ("errors.fail", ("x"*100000,), {}, {}),
 "nulls in str": ("errors.fail", ("a\0b",), {}, {}),
}
@pytest.mark.parametrize("name", CALLS)
def test_calls(both, shared_redis, name):
    task, args, kwargs, options = CALLS[name]
    out = {}
    for kind, t in both.items():
        r = t.send(task, args, kwargs, **options)
        try: r.get(timeout=8, propagate=False)
        except Exception as e: print(kind, "ERR", repr(e)[:200]); continue
        m = json.loads(shared_redis.get(f"celery-task-meta-{r.id}"))
        out[kind] = (m["status"], repr(m["result"]).replace(t.queue, "Q")[:300])
    assert out[Kind.NODE] == out[Kind.PYTHON]
