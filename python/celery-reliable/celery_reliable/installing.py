"""Checks for apps that cannot be made reliable: `install` refuses them, rather than change only half."""

import celery
from celery.exceptions import ImproperlyConfigured

from celery_reliable.types import App, Settings

_RESULTS, _SENTINEL_RESULTS = "celery_reliable.results:RedisBackend", "celery_reliable.results:SentinelBackend"
DATABASE_RESULTS = "celery_reliable.database_results:DatabaseBackend"
# Our result backends by the scheme of their URL.
RESULTS = {"redis": _RESULTS, "rediss": _RESULTS, "sentinel": _SENTINEL_RESULTS, "db": DATABASE_RESULTS}
# The version whose classes this package extends, and whose chords the Node workers can count.
CELERY_VERSION = "5.7"


def check_version() -> None:
    """Check that this is the Celery version that this package extends.

    Raises:
        ImproperlyConfigured: it is another one; the message names both.
    """
    if celery.__version__.split(".")[:2] != CELERY_VERSION.split("."):
        raise ImproperlyConfigured(
            f"celery_reliable works with Celery {CELERY_VERSION}, and {celery.__version__} is installed: "
            f"pip install 'celery[redis]~={CELERY_VERSION}.0'"
        )


def refuse_what_is_bound(app: App, explicit: Settings) -> None:
    """Refuse an app that has read its settings for good: a bound task keeps its early acknowledgement.

    ``explicit``: the settings that the app has set itself.

    Raises:
        TypeError: tasks are bound that acknowledge before they run though the app has not asked for that, or the
            result backend is made.
    """
    own = [name for name in app._tasks if not name.startswith("celery.")]
    is_first = "celery_reliable" not in str(app.conf.worker_consumer)
    if is_first and "task_acks_late" not in explicit and (own or app.finalized):
        names = ", ".join(sorted(own)[:3]) or "Celery's own"
        raise TypeError(
            f"{app!r} has bound tasks already ({names}), which acknowledge before they run: call "
            "celery_reliable.install(app) before anything uses a task"
        )
    if app._backend is not None and type(app._backend).__module__ == "celery.backends.redis":
        raise TypeError(
            f"{app!r} has already created its result backend: call celery_reliable.install(app) before anything uses it"
        )
