"""``python -m celery_reliable.contracts py_workers.worker``: prints the parameters and results of the app's tasks, as
JSON."""

import contextlib
import dataclasses
import json
import sys

from celery_reliable.contracts.reading import read_app

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m celery_reliable.contracts MODULE[:APP]")
    with contextlib.redirect_stdout(sys.stderr):  # so that task modules cannot print into the JSON
        found = {name: dataclasses.asdict(task) for name, task in read_app(sys.argv[1]).items()}
    print(json.dumps(found))
