"""Imports a Python worker's code while the old worker stops, and starts once that has ended.

`python standby.py -m celery ARGUMENTS` runs `python -m celery ARGUMENTS`, after the process START_AFTER_PID.
The worker then starts in half the time. Standard library only, before the worker's own code.
"""

import os
import runpy
import sys
import time
from importlib import import_module
from pathlib import Path

POLL_S = 0.02
# The modules that a worker imports when it starts, and its app, which knows the modules of its tasks.
MODULES = (
    "celery.bin.celery",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery_reliable.consumer",
)
APP = "py_workers.worker"


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Runs the module with its arguments."""
    former = int(os.environ.pop("START_AFTER_PID"))
    sys.path[0] = str(Path.cwd())
    for module in MODULES:
        import_module(module)
    import_module(APP).celery_app.loader.import_default_modules()
    while _is_running(former):
        time.sleep(POLL_S)
    _, _, module, *arguments = sys.argv
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
