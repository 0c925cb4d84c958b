"""What must be on the machine before anything of ours can be installed: Python, Node and npm.

Kept to the syntax of Python 3.6, see `__main__.py`. Each function returns one sentence for the user, or an empty
string when all is well.
"""

import re
import shutil
import subprocess
import sys

MINIMUM_PYTHON = (3, 11)
MINIMUM_NODE_MAJOR = 20
NODE_ANSWERS_WITHIN_S = 20


def python_problem() -> str:
    """Says what is wrong with the running interpreter."""
    if sys.version_info >= MINIMUM_PYTHON:
        return ""
    return "Python %d.%d or newer is needed, but %s is Python %s: install a newer one and put it first on PATH" % (
        MINIMUM_PYTHON + (sys.executable, ".".join(str(part) for part in sys.version_info[:3]))
    )


def node_problem() -> str:
    """Says what is wrong with the `node` and `npm` on PATH."""
    need = "Node.js %d or newer is needed" % MINIMUM_NODE_MAJOR
    remedy = "install it from https://nodejs.org or with `nvm install %d`" % MINIMUM_NODE_MAJOR
    node = shutil.which("node")
    if node is None:
        return "%s, but there is no `node` on PATH: %s" % (need, remedy)
    version = node_version(node)
    match = re.match(r"v(\d+)\.", version)
    if match is None:
        return "%s, but `%s --version` does not answer with a version: %s" % (need, node, remedy)
    if int(match.group(1)) < MINIMUM_NODE_MAJOR:
        return "%s, but %s is %s: %s" % (need, node, version, remedy)
    if shutil.which("npm") is None:
        return "npm is needed, but there is none on PATH (Node %s is): %s" % (version, remedy)
    return ""


def node_version(node: str = "node") -> str:
    """Asks a Node binary for its version, like `v20.20.2`; an empty string when it cannot be run."""
    try:
        answer = subprocess.run(
            [node, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=NODE_ANSWERS_WITHIN_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode("utf-8", "replace").strip()
