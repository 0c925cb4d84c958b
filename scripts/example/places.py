"""The folders of the example application."""

import os
from pathlib import Path

from scripts.paths import DATA, NODE_PROJECT, ROOT

EXAMPLE = ROOT / "example"
MAIL = EXAMPLE / "mail"
WEB_NODE = EXAMPLE / "web-node"
WEB_PYTHON = EXAMPLE / "web-python"
WEB_PYTHON_VENV = WEB_PYTHON / ".venv"
BROWSER_TESTS = EXAMPLE / "tests" / "browser"
REPORTS = NODE_PROJECT / "js_workers" / "tasks" / "churn"

# Node projects whose packages `make lint` needs, as it checks their types.
CHECKED = {
    "example-mail": MAIL,
    "example-reports": REPORTS,
    "example-web-node": WEB_NODE,
    "example-browser-tests": BROWSER_TESTS,
}

# What a run leaves: files, jobs, and the secret that signs sessions.
EXAMPLE_DATA = DATA / "example"
# That of this run: tests use a folder of their own.
RUN_DATA = Path(os.environ.get("EXAMPLE_DATA") or EXAMPLE_DATA)
