"""Sends a task to the Python workers and one to the JavaScript workers, with types, and prints their results.

``python/py_workers/client_example.py`` sends the same tasks by name.
"""

import sys

from jobs_client import OperationalError, TimeoutError, connect

RESULT_TIMEOUT_S = 30


def main() -> str | None:
    """Print both results. Return an error message if there is no server or no worker."""
    jobs = connect()
    try:
        by_python = jobs.py.example.arithmetic.add.delay(4, 2)
        by_js = jobs.js.example.arithmetic.add.delay(x=2, y=2)
        result = by_python.get(timeout=RESULT_TIMEOUT_S)
        print(f"Result executed by python worker from python client: 4 + 2 = {result:g}")
        result = by_js.get(timeout=RESULT_TIMEOUT_S)
        print(f"Result executed by js worker from python client: 2 + 2 = {result:g}")
    except (OperationalError, TimeoutError) as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main())
