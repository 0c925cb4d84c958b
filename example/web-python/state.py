"""What the process has one of, from the settings of its environment."""

import os
from pathlib import Path

from jobs import Jobs
from jobs_client import connect
from store import Store

from web import Guard

ENV = os.environ
if not ENV.get("JOBS_FILES_DIR"):
    raise SystemExit("JOBS_FILES_DIR is empty: set it to the folder that the workers use too")
FOLDER = Path(ENV["JOBS_FILES_DIR"])

tasks = connect()
store = Store(FOLDER)
jobs = Jobs(tasks, store)
guard = Guard(
    ENV.get("WEB_SECRET", ""),
    int(ENV.get("WEB_POSTS_PER_MINUTE") or 120),
    is_secure=ENV.get("WEB_SECURE") == "1",
    is_away=lambda: jobs.broker != "connected",
)
