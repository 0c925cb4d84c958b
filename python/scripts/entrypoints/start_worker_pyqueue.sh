#!/bin/sh
# Starts the Python worker, which runs the tasks of JOBS_PY_QUEUES until SIGTERM. Arguments go to `celery worker`.
set -eu
. "$(dirname "$0")/environment.sh"

# `python -m`, as a script's first line cannot name a path with quotes. `exec`, so that signals reach the worker.
# PYTHON_LAUNCHER is a program that runs a module, with its options, such as `-m debugpy --listen 5678`.
# shellcheck disable=SC2086
exec python ${PYTHON_LAUNCHER:-} -m celery -A py_workers.worker worker --queues "$queues" --loglevel "$level" --hostname "py@%h" "$@"
