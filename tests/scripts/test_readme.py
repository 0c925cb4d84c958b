"""The task modules that the README shows please the linters, as they stand there."""

import re
from pathlib import Path

import pytest

from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV
from tests.scripts.conftest import Target

RUFF = str(VENV / "bin" / "ruff")
RUFF_SETTINGS = f"--config={PYTHON_PROJECT / 'pyproject.toml'}"
BIOME = str(NODE_PROJECT / "node_modules" / ".bin" / "biome")
LINTERS = {
    ".py": ([RUFF, "check", RUFF_SETTINGS], [RUFF, "format", "--check", RUFF_SETTINGS]),
    ".js": ([BIOME, "check", f"--config-path={NODE_PROJECT / 'biome.json'}"],),
}
MODULES = dict(
    re.findall(
        r"^\w+, `((?:python|node)/\S+)`:\n\n```\w+\n(.*?)^```$",
        (ROOT / "README.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
)


def test_the_readme_shows_a_task_of_each_language() -> None:
    assert [file.split("/")[0] for file in MODULES] == ["python", "node"]


@pytest.mark.parametrize("file", MODULES)
def test_a_task_of_the_readme_pleases_the_linters(target: Target, tmp_path: Path, file: str) -> None:
    module = tmp_path / file
    module.parent.mkdir(parents=True)
    module.write_text(MODULES[file])
    for linter in LINTERS[module.suffix]:
        exit_code, output = target.run(*linter, str(module), cwd=tmp_path)
        assert exit_code == 0, output
