"""Tasks that are tried again."""

from typing import Any

from ..ledger import append
from ..py_worker import app

# Not at once: a Python worker stores RETRY after it has sent the retry, possibly over the retry's own result.
SOON_S = 0.2


@app.task(bind=True)
def retry_until(self: Any, times: int, countdown: float = SOON_S) -> Any:
    """Succeed with the ``times``-th retry and return how often it has been retried."""
    retries = self.request.retries
    if retries < times:
        raise self.retry(countdown=countdown, exc=ConnectionError(f"attempt {retries}"))
    return retries


@app.task(bind=True, max_retries=1)
def give_up(self: Any, label: str) -> None:  # noqa: ARG001
    raise self.retry(countdown=SOON_S)


@app.task(bind=True, max_retries=1)
def give_up_with(self: Any, message: str) -> None:
    raise self.retry(countdown=SOON_S, exc=ConnectionError(message))


@app.task(
    bind=True,
    autoretry_for=(ConnectionError,),
    retry_backoff=1,
    retry_backoff_max=1,
    retry_jitter=False,
    max_retries=2,
)
def flaky(self: Any, ledger: str) -> Any:
    """Fail twice, with pauses of a second between the attempts."""
    append(ledger, "attempt", str(self.request.retries))
    if self.request.retries < 2:
        raise ConnectionRefusedError("not yet")
    return self.request.retries


@app.task(
    autoretry_for=(ConnectionError,),
    dont_autoretry_for=(ConnectionRefusedError,),
    retry_kwargs={"countdown": SOON_S},
)
def hopeless(ledger: str) -> None:
    """Fail with an error that ``dont_autoretry_for`` keeps from being retried."""
    append(ledger, "attempt", "")
    raise ConnectionRefusedError("never")


@app.task(autoretry_for=(ConnectionError,), max_retries=2, retry_kwargs={"countdown": SOON_S})
def unlucky(ledger: str) -> None:
    """Fail every time: the third attempt's error is the result."""
    append(ledger, "attempt", "")
    raise ConnectionError("again")
