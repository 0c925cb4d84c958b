"""The Python workers: their app in ``worker.py``, its settings in ``config.py``, the tasks in ``tasks/``."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - for an older Python that runs this by hand
    raise SystemExit(
        "py_workers needs Python 3.11 or newer; this is Python %d.%d (%s)"  # noqa: UP031 - every Python 3 can read this
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
