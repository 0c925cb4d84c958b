"""The folders of the repository. git ignores `.data` and `.tools`, which set-up and runs create."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PYTHON_PROJECT = ROOT / "python"
NODE_PROJECT = ROOT / "node"
BENCH_PROJECT = ROOT / "bench"
FLOWER_PAGES_PROJECT = ROOT / "tests" / "flower"
TELEMETRY_PROJECT = ROOT / "tests" / "telemetry"
TOOLCHAINS_PROJECT = ROOT / "tests" / "toolchains"
API_REFERENCE_PROJECT = ROOT / "scripts" / "api_reference"
CONFIGMAPS = ROOT / "configmaps"

TOOLS = ROOT / ".tools"
TOOL_POETRY = TOOLS / "poetry"
TOOL_CONTAINER_LINTERS = TOOLS / "container-linters"
TOOL_DEPLOY = TOOLS / "deploy"

# Without Python tasks (`make strip lang=python`), the server and `make up` still need a few packages.
VENV = PYTHON_PROJECT / ".venv" if (PYTHON_PROJECT / "pyproject.toml").exists() else TOOLS / "python"
VENV_PYTHON = VENV / "bin" / "python"

DATA = ROOT / ".data"
LOGS = DATA / "logs"

# The template's version, and what this clone has chosen (docs/updating.md).
TEMPLATE_FILE = ROOT / ".template.json"
