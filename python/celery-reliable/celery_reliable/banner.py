"""The facts that a worker logs, and the lines that it prints, when it starts; the same as a Node worker's."""

import platform

from celery import __version__

from celery_reliable.types import Settings, Worker

MAX_NAMES = 10


def facts(worker: Worker) -> Settings:
    """Return the facts about a worker. URLs have no passwords."""
    app = worker.app
    pool = worker.pool_cls if isinstance(worker.pool_cls, str) else worker.pool_cls.__module__
    return {
        "version": __version__,
        "app": app.main,
        "transport": app.connection().as_uri(),
        "results": app.backend.as_uri(),
        "concurrency": {pool.rpartition(".")[2]: worker.concurrency},
        "queues": list(app.amqp.queues.consume_from),
        "tasks": sorted(name for name in app.tasks if not name.startswith("celery.")),
    }


def banner_lines(hostname: str, known: Settings) -> list[str]:
    """Return the lines for a terminal."""
    concurrency = ", ".join(f"{size} ({pool})" for pool, size in known["concurrency"].items())
    tasks = known["tasks"]
    more = f" and {len(tasks) - MAX_NAMES} more" if len(tasks) > MAX_NAMES else ""
    return [
        f"{hostname}: Celery {known['version']}, Python {platform.python_version()}, concurrency {concurrency}",
        f"  broker {known['transport']}, results {known['results']}",
        f"  queues {', '.join(known['queues'])}; tasks {', '.join(tasks[:MAX_NAMES]) or 'none'}{more}",
    ]
