"""The languages of this clone. `make strip` removes one, so the commands check which folders exist."""

from scripts.paths import NODE_PROJECT, PYTHON_PROJECT

PYTHON, NODE = "python", "node"
BOTH = (PYTHON, NODE)

_MANIFESTS = {PYTHON: PYTHON_PROJECT / "pyproject.toml", NODE: NODE_PROJECT / "package.json"}

# In this clone.
PRESENT = tuple(language for language in BOTH if _MANIFESTS[language].exists())
