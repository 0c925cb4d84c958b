"""The parts that only the template's own development needs, and the edits that follow removed files.

`make rename` removes these parts from a clone, except those in KEEP.
"""

import os
import re
from functools import partial
from pathlib import Path

from scripts.draft import Draft
from scripts.failure import CommandFailed
from scripts.paths import ROOT

# Part -> its files and folders. A pattern may have wildcards; `tests` loses all folders but those of CLONES.
OWN: dict[str, tuple[str, ...]] = {
    "bench": ("bench",),
    "reference": ("scripts/api_reference", "scripts/code_measures"),
    "release": (".github/workflows/release.yml",),
    "tests": (
        ".github/workflows/long.yml",
        "tests/*",
        "tests/compose/test_env_files.py",
        "node/celery-js/tests",
        "python/celery-reliable/tests",
    ),
}
# The folders of tests/ that stay: the tests of the containers and of the manifests, and their helpers.
CLONES_TESTS = {
    "compose",
    "deploy",
    "support",
    "__init__.py",
    "conftest.py",
    "pytest.ini",
    "ruff.toml",
    "__pycache__",
}
# Make targets of a part whose recipes do not name its files.
TARGETS: dict[str, tuple[str, ...]] = {
    "release": ("packages", "version"),
    "tests": ("test-clone", "test-long"),
}

_MAKEFILES = ("Makefile", "maintainers.mk")
_PAGES = ("*.md", "docs/*.md", "*/README.md", "*/*/README.md", "*/*/docs/*.md")
_DEPENDABOT = ROOT / ".github" / "dependabot.yml"


def kept(value: str) -> list[str]:
    """Reads the value of KEEP. Raises CommandFailed when it names something that is not a part."""
    names = sorted({name.strip() for name in value.split(",") if name.strip()})
    unknown = [name for name in names if name not in OWN and name != "all"]
    if unknown:
        raise CommandFailed(f"invalid KEEP={','.join(unknown)}: use some of {', '.join(OWN)}, or all")
    return names


def paths(part: str) -> list[Path]:
    """Returns the files and folders of a part that are in this clone."""
    found = [path for pattern in OWN[part] for path in sorted(ROOT.glob(pattern))]
    return [path for path in found if path.parent != ROOT / "tests" or path.name not in CLONES_TESTS]


def remove(draft: Draft, keep: list[str]) -> None:
    """Removes the parts that are not kept, and the make targets that need them."""
    if "all" in keep:
        return
    targets: list[str] = []
    for part in [part for part in OWN if part not in keep]:
        targets += TARGETS.get(part, ())
        for path in paths(part):
            draft.remove(path)
    follow(draft, targets)


def follow(draft: Draft, targets: list[str]) -> None:
    """Removes mentions of removed files from makefiles, links in pages, and Dependabot's folders."""
    for makefile in _MAKEFILES:
        _edit_makefile(draft, ROOT / makefile, targets)
    for page in {page for pattern in _PAGES for page in ROOT.glob(pattern)}:
        if not draft.is_gone(page):
            draft.edit(page, partial(_unlinked, draft, page), "links")
    if _DEPENDABOT.exists():
        draft.edit(_DEPENDABOT, partial(_without_gone_folders, draft), "folders")


def _edit_makefile(draft: Draft, file: Path, targets: list[str]) -> None:
    rule = re.compile(r"^([a-z][\w-]*):.*\n(?:(?:\t.*)?\n)*?(?=^[^\t\n]|\Z)", re.MULTILINE)
    gone = [path.relative_to(ROOT).as_posix() for path in draft.gone]
    names = [
        re.compile(rf"(?<![\w/-]){re.escape(name)}(?![\w-])")
        for path in gone
        for name in (path, path.replace("/", "."))
    ]
    for found in rule.finditer(draft.text(file)):
        name, recipe = found[1], found[0].partition("\n")[2]
        if name in targets or any(pattern.search(recipe) for pattern in names):
            draft.edit(file, partial(_without_target, name=name, rule=found[0]), "targets")


def _without_target(text: str, name: str, rule: str) -> str:
    text = re.sub(
        rf"^(\.PHONY:.*) {re.escape(name)}(?= |$)", r"\1", text.replace(rule, ""), flags=re.MULTILINE
    )
    # A heading without targets goes too.
    return re.sub(r"^##@ .*\n\s*(?=^##@ |\Z)", "", text, flags=re.MULTILINE).rstrip("\n") + "\n"


def _unlinked(draft: Draft, page: Path, text: str) -> str:
    """Returns a page whose links to removed files are plain text."""

    def become(link: re.Match[str]) -> str:
        target = Path(os.path.normpath(page.parent / link["file"]))
        if not draft.is_gone(target):
            return link[0]
        return "" if link["alone"] else link["text"]

    # A link alone in parentheses, such as "([how](...))", goes with them.
    pattern = r"(?P<alone> \()?\[(?P<text>[^\]]*)\]\((?!https?:)(?P<file>[^)\s#]+)(?:#[^)\s]*)?\)(?(alone)\))"
    return re.sub(pattern, become, text)


def _without_gone_folders(draft: Draft, text: str) -> str:
    def become(block: re.Match[str]) -> str:
        folders = re.search(r"director(?:y|ies): \[?([^\]\n]+)\]?", block[0])
        assert folders is not None
        there = [folder for folder in folders[1].split(", ") if not draft.is_gone(ROOT / folder.strip("/"))]
        return block[0].replace(folders[1], ", ".join(there)) if there else ""

    return re.sub(r"^  - package-ecosystem:.*\n(?:    .*\n)*", become, text, flags=re.MULTILINE)
