"""The Python workers: the app in ``worker.py``, its settings in ``config.py``, the tasks in ``tasks/``."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python that runs this file by hand gets a sentence
    raise SystemExit(
        "py_workers needs Python 3.11 or newer; this is Python %d.%d (%s)"  # noqa: UP031 - readable to any Python 3
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
