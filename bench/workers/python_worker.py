"""The Python worker: stock Celery or celery_reliable, otherwise with the defaults.

BENCH_DELIVERY is ``early`` (Celery as it comes), ``late`` (stock Celery that acknowledges after the task),
``reliable`` (celery_reliable) or ``metrics`` (with metrics for Prometheus); BENCH_URL is the server.
"""

import os

import celery

DELIVERY = os.environ["BENCH_DELIVERY"]

app = celery.Celery("bench")
app.conf.update(broker_url=os.environ["BENCH_URL"], result_backend=os.environ["BENCH_URL"])
app.conf.task_default_queue = "bench"
if DELIVERY == "late":
    app.conf.task_acks_late = True
elif DELIVERY in ("reliable", "metrics"):
    import celery_reliable

    celery_reliable.install(app)
    if DELIVERY == "metrics":
        import celery_reliable.metrics

        app.conf.worker_health_address = "0"
        celery_reliable.metrics.serve(app)
elif DELIVERY != "early":
    raise SystemExit(f"BENCH_DELIVERY={DELIVERY}: use early, late, reliable or metrics")


@app.task(name="bench.add")
def add(x: int, y: int) -> int:
    """Return the sum: next to no work, so that what is measured is the worker."""
    return x + y


@app.task(name="bench.total")
def total(values: list[int]) -> int:
    """Return the sum of a list: the body of a chord."""
    return sum(values)
