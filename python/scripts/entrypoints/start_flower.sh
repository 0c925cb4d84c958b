#!/bin/sh
# Starts Flower, which shows workers and tasks in a browser and can stop them, until SIGTERM. FLOWER_PASSWORD is the password of
# the user FLOWER_USER (admin). More arguments go to `celery flower`. docs/settings.md explains the variables.
set -eu

cd "$(dirname "$0")/../.."

if [ -z "${FLOWER_PASSWORD:-}" ]; then
    echo "FLOWER_PASSWORD is not set: whoever reaches Flower can revoke tasks and stop workers, so it asks for a password." >&2
    exit 1
fi

# Flower parts its logins at commas, and compares plain ASCII alone.
if printf %s "${FLOWER_USER:-}$FLOWER_PASSWORD" | LC_ALL=C grep -q -e , -e '[^ -~]'; then
    echo "FLOWER_USER or FLOWER_PASSWORD has a comma or a letter outside of ASCII in it: choose one without." >&2
    exit 1
fi

# Celery's command line would prefer these names to our own settings, which the workers read too.
unset BROKER_URL RESULT_BACKEND LOADER CONFIG_MODULE
for name in $(env | sed -n 's/^\(CELERY_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done

# Kubernetes names a service's address so, and Flower would take it for its port.
case "${FLOWER_PORT:-}" in tcp:*) unset FLOWER_PORT ;; esac

# The virtual environment beside this project, else the one that is active (or a container's only one).
PATH="$PWD/.venv/bin:$PATH"

# In the environment, as the arguments of a process can be read by everybody.
export FLOWER_BASIC_AUTH="${FLOWER_USER:-admin}:$FLOWER_PASSWORD"
export FLOWER_ADDRESS="${FLOWER_ADDRESS:-127.0.0.1}"
unset FLOWER_PASSWORD FLOWER_USER

# As a module, as no script can name an interpreter whose path has quotes. exec: Flower itself gets the signals of whoever stops it.
exec python -m celery -A py_workers.worker:monitor_app flower "$@"
