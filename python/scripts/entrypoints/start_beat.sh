#!/bin/sh
# Sends the tasks of py_workers/schedule.py when they are due, until SIGTERM. Run only one: each sends every task.
# Arguments go to `celery beat`.
set -eu
. "$(dirname "$0")/environment.sh"

# `python -m`, as a script's first line cannot name a path with quotes. `exec`, so that signals reach beat.
exec python -m celery -A py_workers.worker beat --loglevel "$level" "$@"
