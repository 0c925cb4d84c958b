#!/bin/sh
# Exits with 0 if the worker of start_worker_pyqueue.sh on this machine is ready, else with 1 and a line that says why.
set -eu
. "$(dirname "$0")/environment.sh"

exec python -m celery -A py_workers.worker health --queues "$queues" --hostname "py@%h"
