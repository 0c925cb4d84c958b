"""How a clone's files change when it uses a published package instead of its source."""

import json
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts import parts, text_files
from scripts.draft import Draft
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT


@dataclass(frozen=True)
class Package:
    """A package whose source is part of the template.

    `manifest` lists the dependencies of the project around it; `suffix` is the suffix of its archive.
    """

    name: str
    source: Path
    manifest: str
    suffix: str

    @property
    def variable(self) -> str:
        """The make variable for its version."""
        return self.name.upper().replace("-", "_")

    def is_used(self, project: Path) -> bool:
        """Tells whether a project depends on it."""
        manifest = project / self.manifest
        return manifest.exists() and re.search(rf"\b{self.name}\b", text_files.read(manifest)) is not None


CELERY_JS = Package("celery-js", NODE_PROJECT / "celery-js", "package.json", ".tgz")
CELERY_RELIABLE = Package("celery-reliable", PYTHON_PROJECT / "celery-reliable", "pyproject.toml", ".whl")


def replay(draft: Draft, published: dict[str, str]) -> None:
    """Puts the packages that a clone uses into a draft, without lock files, so without npm and Poetry."""
    for package in (CELERY_JS, CELERY_RELIABLE):
        value = published.get(package.name)
        manifest = package.source.parent / package.manifest
        if value is None or not manifest.exists():
            continue
        for file, pattern, replacement in source_edits(package):
            if file.exists():
                draft.edit(file, partial(substituted, pattern, replacement))
        if package is CELERY_JS:
            draft.edit(manifest, partial(node_manifest, package, value))
        else:
            draft.edit(manifest, partial(_python_manifest, package, value))
        draft.remove(package.source)
    parts.follow(draft, [])


def node_manifest(package: Package, value: str, text: str) -> str:
    """Returns package.json with the package from the registry or from an archive."""
    content = json.loads(text)
    workspaces = [folder for folder in content.pop("workspaces", []) if folder != package.name]
    if workspaces:
        content["workspaces"] = workspaces
    content["dependencies"][package.name] = value
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _python_manifest(package: Package, value: str, text: str) -> str:
    """Returns pyproject.toml as Poetry changes it: the new dependency comes last."""
    name = re.escape(package.name)
    text = re.sub(rf'^    "{name}\b.*\n|^{name} = \{{ path = .*\n', "", text, flags=re.MULTILINE)
    text = re.sub(r"^\[tool\.poetry\.dependencies\]\n\n", "", text, flags=re.MULTILINE)
    dependency = f'    "{package.name} {f"@ {value}" if value.startswith("file:") else f"(=={value})"}",\n'
    return re.sub(
        r"^dependencies = \[\n(?:    .*\n)*",
        lambda found: found[0] + dependency,
        text,
        count=1,
        flags=re.MULTILINE,
    )


def source_edits(package: Package) -> list[tuple[Path, str, str]]:
    """Removes the source's folder from the images, the type checkers' settings and the spanning tests."""
    name = re.escape(package.name)
    project = package.source.parent
    return [
        (project / "Dockerfile", rf"^COPY {name}/.*\n", ""),
        (project / ".dockerignore", rf"^!{name}/.*\n", ""),
        *(
            (project / checked, rf', "{name}(/[^"]*)?"', "")
            for checked in ("tsconfig.json", "pyproject.toml")
        ),
        (
            ROOT / "tests" / "conformance" / "celery-js.js",
            rf"\bnode/{name}/",
            f"node/node_modules/{package.name}/",
        ),
    ]


def substituted(pattern: str, replacement: str, text: str) -> str:
    """Returns a text with every match of the pattern replaced, line by line."""
    return re.sub(pattern, replacement, text, flags=re.MULTILINE)
