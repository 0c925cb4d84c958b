"""The Python worker: stock Celery or celery_reliable, otherwise with the defaults.

BENCH_DELIVERY is ``early`` (Celery as it comes), ``late`` (stock Celery that acknowledges after the task) or
``reliable`` (celery_reliable); BENCH_URL is the server.
"""

import os

import celery

DELIVERY = os.environ["BENCH_DELIVERY"]

app = celery.Celery("bench")
app.conf.update(broker_url=os.environ["BENCH_URL"], result_backend=os.environ["BENCH_URL"])
app.conf.task_default_queue = "bench"
if DELIVERY == "late":
    app.conf.task_acks_late = True
elif DELIVERY == "reliable":
    import celery_reliable

    celery_reliable.install(app)
elif DELIVERY != "early":
    raise SystemExit(f"BENCH_DELIVERY={DELIVERY}: use early, late or reliable")


@app.task(name="bench.add")
def add(x: int, y: int) -> int:
    """Return the sum: next to no work, so that what is measured is the worker."""
    return x + y


@app.task(name="bench.total")
def total(values: list[int]) -> int:
    """Return the sum of a list: the body of a chord."""
    return sum(values)
