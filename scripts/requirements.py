"""Checks the machine for Python, Node and npm, which must be there before anything can be installed.

Uses the syntax of Python 3.6, see `__main__.py`. The functions return one sentence for the user, or an empty
string.
"""

import re
import shutil
import subprocess
import sys

MINIMUM_PYTHON = (3, 11)
MINIMUM_NODE_MAJOR = 20
# Of each major version, the first that runs TypeScript without an option.
TYPESCRIPT_NODES = {22: 18, 23: 6}
NODE_ANSWERS_WITHIN_S = 20


def python_problem() -> str:
    """Returns what is wrong with the running interpreter."""
    if sys.version_info >= MINIMUM_PYTHON:
        return ""
    needed = ".".join(str(part) for part in MINIMUM_PYTHON)
    found = ".".join(str(part) for part in sys.version_info[:3])
    return (
        f"Python {needed} or newer is needed, but {sys.executable} is Python {found}: "
        "install a newer one as the first `python3` on PATH"
    )


def node_version() -> str:
    """Returns the version of the `node` on PATH, like `v20.20.2`; empty if there is none."""
    try:
        answer = subprocess.run(
            ["node", "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=NODE_ANSWERS_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode("utf-8", "replace").strip()


def node_problem(version: str) -> str:
    """Returns what is wrong with the `node` on PATH, which has this version, or with `npm`."""
    need = f"Node.js {MINIMUM_NODE_MAJOR} or newer is needed"
    remedy = f"install it from https://nodejs.org or with `nvm install {MINIMUM_NODE_MAJOR}`"
    node = shutil.which("node")
    if node is None:
        return f"{need}, but there is no `node` on PATH: {remedy}"
    match = re.match(r"v(\d+)\.", version)
    if match is None:
        return f"{need}, but `{node} --version` prints no version: {remedy}"
    if int(match.group(1)) < MINIMUM_NODE_MAJOR:
        return f"{need}, but {node} is {version}: {remedy}"
    if shutil.which("npm") is None:
        return f"npm is needed, but there is none on PATH next to Node {version}: {remedy}"
    return ""


def typescript_problem(version: str) -> str:
    """Returns why the `node` on PATH, which has this version, cannot run TypeScript."""
    match = re.match(r"v(\d+)\.(\d+)\.", version)
    major, minor = (int(match.group(1)), int(match.group(2))) if match else (0, 0)
    if major > max(TYPESCRIPT_NODES) or minor >= TYPESCRIPT_NODES.get(major, minor + 1):
        return ""
    found = f"the `node` on PATH is {version}" if match else "there is none on PATH"
    return (
        f"Node.js 22.18 or newer is needed for tasks in TypeScript, but {found}: use a newer one, as the "
        "workers' image does, or lang=node"
    )
