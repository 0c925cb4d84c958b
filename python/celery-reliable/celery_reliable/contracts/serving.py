"""The contract of a worker's tasks, from the file that the setting ``contract_file`` names.

A worker logs its hash when it starts, and returns it to ``celery inspect contract``. celery-js does the same
(``worker/control/contract.js``). Importing this module is enough.
"""

import json
import logging
from pathlib import Path
from typing import TypedDict

from celery.signals import worker_ready
from celery.worker.control import inspect_command

from celery_reliable.types import App, Passed, Settings

logger = logging.getLogger(__name__)


class Contract(TypedDict):
    """``hash`` is the whole contract's; ``tasks`` has the hash of each of this app's tasks, by name."""

    hash: str
    tasks: dict[str, str]


def read_contract(app: App) -> Contract:
    """Return the app's contract.

    Raises:
        ValueError: the app has none, or its file cannot be read; the text says which.
    """
    file = app.conf.get("contract_file")
    if not file:
        raise ValueError("this worker has no contract: set contract_file")
    try:
        contract = json.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"the contract cannot be read: {error}") from error
    if not isinstance(contract, dict) or not {"hash", "tasks"} <= contract.keys():
        raise ValueError(f"{file} is not a contract: it has no hash and tasks")
    return Contract(hash=contract["hash"], tasks=contract["tasks"])


@inspect_command(name="contract")  # type: ignore[untyped-decorator]
def _contract(state: Passed, **_: object) -> Contract | Settings:
    """Hash of the contract, and of each task."""
    try:
        return read_contract(state.app)
    except ValueError as error:
        return {"error": str(error)}


# At ``worker_ready``, so that the banner stays a worker's first line.
@worker_ready.connect(weak=False)
def _log_contract(sender: Passed, **_: Passed) -> None:
    if not sender.app.conf.get("contract_file"):
        return
    try:
        contract = read_contract(sender.app)
    except ValueError as error:
        logger.warning("%s", error)
    else:
        logger.info("Contract: %s (%d tasks)", contract["hash"], len(contract["tasks"]))
