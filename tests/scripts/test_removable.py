"""The lists of what `make rename` and `make strip` remove or change match the files of this clone."""

import re

import pytest

from scripts import choices, language_edits, parts
from scripts.paths import ROOT
from tests.support.patterns import top_level_alternatives
from tests.support.template import targets

# Parts that an earlier `make rename` has removed from the clone in which these tests run.
REMOVED = {part for part in parts.OWN if choices.read().name and part not in choices.read().keep}
EDITS = [(language, edit) for language, edits in language_edits.EDITS.items() for edit in edits]


@pytest.mark.parametrize(
    "pattern", [pattern for part in parts.OWN if part not in REMOVED for pattern in parts.OWN[part]]
)
def test_every_pattern_of_a_part_finds_something(pattern: str) -> None:
    assert list(ROOT.glob(pattern))


def test_every_target_of_a_part_is_there() -> None:
    named = {name for part, names in parts.TARGETS.items() if part not in REMOVED for name in names}

    assert named <= targets(ROOT)


@pytest.mark.parametrize("path", [path for paths in language_edits.PATHS.values() for path in paths])
def test_every_path_of_a_language_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("language", "edit"), EDITS, ids=lambda value: getattr(value, "file", value))
def test_every_alternative_of_an_edit_finds_something(language: str, edit: language_edits.Edit) -> None:
    text = (ROOT / edit.file).read_text("utf-8")

    assert edit.apply(text) != text
    for alternative in top_level_alternatives(edit.pattern):
        assert re.search(alternative, text, re.MULTILINE), f"{language}: {alternative} is not in {edit.file}"
