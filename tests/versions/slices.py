"""What runs with each version: enough to see that it works, in a few minutes."""

CONFORMANCE = "tests/conformance"

# Python: the template's tests and celery-reliable's against a server.
PYTHON = ("python/tests",)
RELIABLE = tuple(
    f"python/celery-reliable/tests/test_{name}.py"
    for name in ("formats", "install", "intake", "limits", "results", "upstream", "work")
)
# Node: the template's tests and celery-js's up to publishing.
NODE = (
    "tests/",
    *(f"celery-js/tests/{folder}/" for folder in ("protocol", "tasks", "execution", "publishing")),
)
# Celery: stock workers and clients of that version, and Node workers. celery-reliable needs Celery 5.7.
CELERY = tuple(f"{CONFORMANCE}/test_{name}.py" for name in ("arguments", "js_client", "retries"))
# Servers: the delivery protocol in both languages, and workflows through both workers.
SERVER = (
    *(f"tests/transport/test_{name}.py" for name in ("both_languages", "ending", "leases", "poison")),
    f"{CONFORMANCE}/test_workflow.py",
)
