"""A file that does not parse is named with its line, before `make up` restarts its worker."""

import subprocess
from pathlib import Path

import pytest

from scripts.parsing import syntax_error


def runs_typescript() -> bool:
    program = "process.exitCode = process.features.typescript ? 0 : 1"
    return subprocess.run(["node", "-e", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.py", "\ndef (\n", "a.py:2: SyntaxError: invalid syntax"),
        ("a.js", "\nconst (\n", "a.js:2: SyntaxError: Unexpected token '('"),
        ("a.json", "{\n", "a.json:2: SyntaxError: "),
    ],
)
def test_a_syntax_error_has_its_file_and_line(tmp_path: Path, name: str, text: str, expected: str) -> None:
    (tmp_path / name).write_text(text)

    assert expected in str(syntax_error(tmp_path / name))


@pytest.mark.parametrize("name", ["a.ts", "a.mts", "a.cts"])
def test_so_has_one_of_typescript_where_node_runs_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("const x: number = 1;\n\nconst (\n")

    found = syntax_error(tmp_path / name)

    assert (f"{name}:3: SyntaxError: Unexpected token" in str(found)) == runs_typescript()


def test_correct_files_have_none(tmp_path: Path) -> None:
    texts = {
        "a.py": "x = 1\n",
        "a.js": "export const a = 1;\n",
        "a.ts": "export const a = <T>(x: T): T => x;\n",
    }
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name, text in texts.items():
        (tmp_path / name).write_text(text)

    assert [syntax_error(tmp_path / name) for name in texts] == [None] * len(texts)
