"""`make py-add`, `make js-add`, and the lock files. `make test-clone` adds real libraries."""

import os
from pathlib import Path

import pytest

from scripts import template
from tests.scripts.conftest import Target
from tests.support.template import SELDOM_NEEDED

# Package managers that write down how they are called.
RECORDING = {
    "poetry": """
[ "$1" != --version ] || { echo "Poetry (version 2.5.1)"; exit; }
printf '%s\\n' "poetry: $1" "$@" >> "$CALLS"
""",
    "npm": """
mkdir -p node_modules
printf '%s\\n' "npm: $1" "$@" >> "$CALLS"
""",
}


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """The file in which the package managers of PATH write their arguments."""
    for name, script in RECORDING.items():
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}")
        program.chmod(0o755)
    return tmp_path / "calls"


@pytest.mark.parametrize(
    ("name", "package", "command", "arguments"),
    [
        ("py-add", "pandas>=2,<3 numpy", "poetry: add", ["pandas>=2,<3", "numpy"]),
        (
            "py-add",
            "--group dev 'pandas[excel] (>=2)'",
            "poetry: add",
            ["--group", "dev", "pandas[excel] (>=2)"],
        ),
        ("js-add", "sharp@^0.34 ms", "npm: install", ["sharp@^0.34", "ms"]),
        ("js-add", "'sharp@>=0.33 <0.35'", "npm: install", ["sharp@>=0.33 <0.35"]),
    ],
)
def test_version_ranges_reach_the_package_manager(
    target: Target,
    tmp_path: Path,
    calls: Path,
    name: str,
    package: str,
    command: str,
    arguments: list[str],
) -> None:
    clone = tmp_path / "clone"
    template.copy_to(clone, SELDOM_NEEDED)
    env = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}

    exit_code, output = target.run("make", name, f"PKG={package}", cwd=clone, env=env)

    assert exit_code == 0, output
    *_, added = calls.read_text().split(f"{command}\n")
    assert added.splitlines()[-len(arguments) :] == arguments
    install = "py-install" if name == "py-add" else "js-install"
    assert target.run("make", install, cwd=clone, env=env) == (0, "  set-up             up to date\n")


@pytest.mark.parametrize(
    ("name", "command"),
    [("py-lock", "poetry: lock"), ("js-lock", "npm: install\ninstall\n--package-lock-only")],
)
def test_a_lock_file_is_updated_by_its_package_manager(
    target: Target, tmp_path: Path, calls: Path, name: str, command: str
) -> None:
    clone = tmp_path / "clone"
    template.copy_to(clone, SELDOM_NEEDED)
    env = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}

    exit_code, output = target.run("make", name, cwd=clone, env=env)

    assert exit_code == 0, output
    assert calls.read_text().startswith(f"{command}\n")


@pytest.mark.parametrize("target_name", ["py-add", "js-add"])
def test_without_a_library_one_sentence_shows_how(target: Target, target_name: str) -> None:
    exit_code, output = target.run("env", "PKG=of-the-environment", "make", target_name)

    assert exit_code == 2
    assert output.splitlines()[0].startswith(f"error: PKG= is missing: make {target_name} PKG=")


@pytest.mark.parametrize("target_name", ["py-add", "js-add"])
def test_an_open_quote_ends_in_one_sentence(target: Target, target_name: str) -> None:
    exit_code, output = target.run("make", target_name, "PKG='pandas>=2")

    assert exit_code == 2
    assert output.splitlines()[0].startswith(
        f"error: a quote in PKG='pandas>=2 is not closed: make {target_name} PKG="
    )
