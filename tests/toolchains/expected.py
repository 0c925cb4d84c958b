"""What `client.js` prints."""

IN_A_BUNDLE = (
    "ImproperlyConfigured: a worker cannot run from a bundle: it needs files of celery-js, such as "
    "app/thread/entry.js; leave the package out of the bundle, with the bundler's option `external` "
    "(docs/deployment.md), and install it where the worker runs"
)


def expected(worker: str) -> dict[str, object]:
    """Returns the results; `worker` is what `app.worker()` gives there."""
    return {
        "sum": 3,
        "chained": [[3, 7]],
        "rebuilt": "chord",
        "unknown": ["NotRegistered", True, False],
        "wrong": ["TypeError", False, True],
        "worker": worker,
    }
