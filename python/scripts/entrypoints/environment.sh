# Read by the other scripts in this folder: enters the project, finds its Python, and drops settings that are not ours.

cd "$(dirname "$0")/../.."

# Celery's command line prefers these to the app's settings.
unset BROKER_URL RESULT_BACKEND LOADER CONFIG_MODULE
for name in $(env | sed -n 's/^\(CELERY_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done

# The virtual environment of this project, else the active one, or the container's only one.
PATH="$PWD/.venv/bin:$PATH"

# Without spaces: Celery would make one after a comma part of the next queue's name.
queues=$(printf %s "${JOBS_PY_QUEUES:-py-queue}" | tr -d '[:space:]')
level=$(printf %s "${JOBS_LOG_LEVEL:-info}" | tr -d '[:space:]')
