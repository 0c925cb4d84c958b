"""`make strip`, and the parts that `make rename` removes; `make test-clone` runs what remains."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts import languages, parts, template
from scripts.contracts import catalogue
from scripts.paths import ROOT
from tests.scripts.conftest import Target
from tests.support.git_repository import ENVIRONMENT, Repository
from tests.support.links import dead_links
from tests.support.template import contents, folders_of_dependabot, pages, phony, targets


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone that no test changes."""
    folder = tmp_path_factory.mktemp("kept") / "clone"
    template.copy_to(folder)
    return folder


@pytest.fixture(scope="module")
def renamed(module_target: Target, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone after its rename, which no test changes either."""
    folder = shutil.copytree(kept, tmp_path_factory.mktemp("renamed") / "clone")
    run(module_target, folder, "rename", "NAME=acme_jobs")
    return folder


@pytest.fixture
def clone(kept: Path, tmp_path: Path) -> Path:
    return shutil.copytree(kept, tmp_path / "clone")


@dataclass(frozen=True)
class Stripped:
    folder: Path
    language: str
    output: str


@pytest.fixture(scope="module", params=languages.BOTH)
def stripped(
    module_target: Target,
    renamed: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Stripped:
    """A renamed clone without a language."""
    folder = shutil.copytree(renamed, tmp_path_factory.mktemp("stripped") / "clone")
    output = run(module_target, folder, "strip", f"lang={request.param}")
    return Stripped(folder, request.param, output)


def run(target: Target, clone: Path, *words: str) -> str:
    exit_code, output = target.run("make", *words, cwd=clone)
    assert exit_code == 0, output
    return output


def test_a_renamed_clone_has_nothing_of_the_templates_own_parts(target: Target, renamed: Path) -> None:
    for part in parts.OWN:
        for path in parts.paths(part):
            assert not (renamed / path.relative_to(ROOT)).exists()
    left = targets(renamed)
    assert left.isdisjoint({"bench-quick", "chaos", "test-clone", "packages", "api-reference", "record"})
    assert {"setup", "demo", "test", "lint", "test-compose", "lint-docker", "update"} <= left
    assert phony(renamed) == left
    help_all = run(target, renamed, "help-all")
    assert "Measurements and generated files" not in help_all, "a heading without targets"
    assert [link for page in pages(renamed) for link in dead_links(page)] == []
    assert all(folder.is_dir() for folder in folders_of_dependabot(renamed))


@pytest.mark.long
def test_parts_that_are_asked_to_stay_stay_at_the_next_rename_too(target: Target, clone: Path) -> None:
    run(target, clone, "rename", "NAME=acme_jobs", "KEEP=bench")
    output = run(target, clone, "rename", "NAME=acme_background")

    assert (clone / "bench").exists() == (ROOT / "bench").exists()
    assert not (clone / "tests" / "scripts").exists()
    assert "bench" not in output
    assert json.loads((clone / ".template.json").read_text())["keep"] == ["bench"]


@pytest.mark.long
def test_all_parts_can_stay(target: Target, clone: Path) -> None:
    before = contents(clone).keys()

    run(target, clone, "rename", "NAME=acme_jobs", "KEEP=all")

    assert contents(clone).keys() == before


def test_a_stripped_clone_has_no_file_and_no_link_of_the_language(target: Target, stripped: Stripped) -> None:
    clone, language = stripped.folder, stripped.language
    other = {"python": "node", "node": "python"}[language]
    assert not (clone / language).exists()
    assert (clone / other).exists()
    assert not (clone / "tests").exists()
    assert f"This clone has no {language} tasks any more." in stripped.output
    assert [link for page in pages(clone) for link in dead_links(page)] == []
    worker = {"python": "py_worker", "node": "js_worker"}
    compose = (clone / "docker-compose.yml").read_text()
    assert worker[other] in compose
    assert worker[language] not in compose
    for workflow in clone.glob(".github/workflows/*.yml"):
        text = workflow.read_text()
        assert {name for name in re.findall(r"\bmake ([a-z-]+)", text) if name != "make"} <= targets(clone)
        assert not re.search(rf"\bfolder: {language}\b", text)
    prefix = {"python": "py", "node": "js"}
    help_all = run(target, clone, "help-all")
    assert f"{prefix[other]}-worker" in help_all
    shown = help_all + run(target, clone, "help")
    for command in ("{}-worker", "{}-add", "shell-{}"):
        assert command.format(prefix[language]) not in shown
    assert "of each language" not in shown
    sources = (clone / other / f"{prefix[other]}_workers").rglob("*.[jp][sy]")
    for file in [clone / "Makefile", clone / "CONTRIBUTING.md", *sources]:
        assert not re.search(rf"\b{language}/(?!Makefile)", file.read_text()), file


@pytest.mark.long
@pytest.mark.parametrize("language", languages.BOTH)
def test_the_contracts_of_a_stripped_clone_have_only_its_tasks(
    target: Target, clone: Path, language: str
) -> None:
    Repository(clone).init()

    run(target, clone, "strip", f"lang={language}")

    gone, left = {"python": ("py_workers", "js_workers"), "node": ("js_workers", "py_workers")}[language]
    (other,) = set(languages.BOTH) - {language}
    tasks = json.loads((clone / "contracts/tasks.json").read_text())["tasks"]
    assert {name.split(".")[0] for name in tasks} == {left}
    (contract,) = clone.glob("*/*_workers/contract.json")
    assert json.loads(contract.read_text())["tasks"].keys() == tasks.keys()
    assert [folder.name for folder in (clone / "clients").iterdir()] == [other]
    names = ("contract.*", "client_example.*", "README.md")
    for file in (file for name in names for file in (clone / "clients" / other).rglob(name)):
        assert not re.search(rf"\b(?:{gone}\.tasks|jobs\.{gone[:2]})\.", file.read_text()), file
    # Nothing is stale, and the tasks that the last commit has break no caller.
    check = "from scripts.contracts import base, catalogue, comparison, files; new = catalogue.read()"
    check += "; print(files.stale(new), comparison.breaking_changes(base.read('HEAD')[0], new))"
    assert target.run("python3", "-c", check, cwd=clone, env=ENVIRONMENT) == (0, "[] []\n")


def test_definitions_that_only_the_removed_language_uses_go() -> None:
    both = {"python": "PyBox", "javascript": "JsBox"}
    tasks = {
        name: {"language": language, "result": {"$ref": f"#/$defs/{name}"}} for language, name in both.items()
    }
    definitions = {
        "PyBox": {"properties": {"size": {"$ref": "#/$defs/Size"}}},
        "JsBox": {"properties": {"width": {"$ref": "#/$defs/Width"}}},
        "Size": {"type": "integer"},
        "Width": {"type": "number"},
    }

    left = catalogue.of_languages({"version": 1, "$defs": definitions, "tasks": tasks}, [languages.PYTHON])

    assert left["tasks"].keys() == {"PyBox"}
    assert left["$defs"].keys() == {"PyBox", "Size"}
    assert left["version"] == 1


def test_the_editors_settings_name_only_the_language_that_stays(stripped: Stripped) -> None:
    folder = stripped.folder / ".vscode"
    files = {file.stem: json.loads(file.read_text()) for file in folder.glob("*.json")}
    names = [each["name"] for each in files["launch"]["configurations"]]
    assert (
        names
        == {
            "node": ["Python worker", "Python: this test file"],
            "python": ["Node worker", "Node: this test file"],
        }[stripped.language]
    )
    assert "compounds" not in files["launch"]
    tests = {"python": "make js-test", "node": "make py-test"}[stripped.language]
    assert [each["label"] for each in files["tasks"]["tasks"]] == ["make up DEBUG=1", tests, "make lint"]
    words = {"python": r"python|ruff", "node": r"biome|nodejs|script"}[stripped.language]
    assert not re.search(words, json.dumps([files["settings"], files["extensions"]]))


@pytest.mark.long
def test_the_last_language_stays(target: Target, clone: Path) -> None:
    run(target, clone, "strip", "lang=node")
    before = contents(clone)

    for language, sentence in (
        ("python", "python is the only language of this clone: nothing was removed"),
        ("node", "this clone has no node tasks: nothing to remove"),
    ):
        exit_code, output = target.run("make", "strip", f"lang={language}", cwd=clone)
        assert exit_code != 0
        assert output.splitlines()[0] == f"error: {sentence}"
    assert contents(clone) == before


@pytest.fixture(scope="module")
def repository(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A clone in which everything is committed."""
    made = Repository(shutil.copytree(kept, tmp_path_factory.mktemp("repository") / "clone"))
    made.init()
    return made


@pytest.mark.parametrize(
    ("words", "file"),
    [(["rename", "NAME=acme_jobs"], "bench/idea.js"), (["strip", "lang=node"], "node/idea.js")],
)
def test_nothing_is_removed_that_git_does_not_have(
    target: Target, repository: Repository, words: list[str], file: str
) -> None:
    clone = repository.folder
    repository.write(file, "export const idea = 1;\n")
    before = contents(clone)

    exit_code, output = target.run("make", *words, cwd=clone, env=ENVIRONMENT)
    after = contents(clone)
    (clone / file).unlink()

    assert exit_code != 0
    folder = f"{file.split('/')[0]}/"
    assert f"error: {folder} has uncommitted changes, which would be lost: commit them first\n" in output
    assert after == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["strip"], "lang= is missing: name the language to remove, as in make strip lang=node|python"),
        (["strip", "lang=js"], "invalid lang=js: use python or node"),
        (
            ["rename", "NAME=acme_jobs", "KEEP=tests,moon"],
            "invalid KEEP=moon: use some of bench, reference, release, tests, or all",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(target: Target, kept: Path, words: list[str], sentence: str) -> None:
    before = contents(kept)

    exit_code, output = target.run("make", *words, cwd=kept)

    assert exit_code != 0
    assert output.splitlines()[0] == f"error: {sentence}"
    assert contents(kept) == before
