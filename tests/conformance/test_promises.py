"""The README's list of promises agrees with the suite."""

from .promises import UNIT_TESTS, other_files, promises, scenarios


def test_every_promise_names_what_shows_it() -> None:
    assert [row.what for row in promises() if not row.scenarios and not row.unit_tests] == []


def test_every_scenario_that_the_list_names_exists() -> None:
    sources = {scenario.name: scenario.source for scenario in scenarios()}
    missing = [
        f"{row.what}: {name}[{parameter}]"
        for row in promises()
        for name, parameter in row.scenarios
        if name not in sources or (parameter and f'"{parameter}"' not in sources[name])
    ]
    assert missing == []


def test_a_scenario_is_found_by_its_name() -> None:
    names = [scenario.name for scenario in scenarios()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_unit_test_that_the_list_names_exists() -> None:
    missing = [
        f"{row.what}: {file} {title!r}"
        for row in promises()
        for file, title in row.unit_tests
        if not (UNIT_TESTS / file).is_file() or title not in (UNIT_TESTS / file).read_text("utf-8")
    ]
    assert missing == []


def test_every_scenario_is_named_by_the_list() -> None:
    named = {name for row in promises() for name, _ in row.scenarios}
    others = other_files()
    assert others <= {scenario.file for scenario in scenarios()}
    unnamed = [f"{s.file}: {s.name}" for s in scenarios() if s.name not in named and s.file not in others]
    assert unnamed == [], "each needs a row in the README, or its file a place in the last list"


def test_every_promise_names_the_workers_of_its_scenarios() -> None:
    workers_of = {scenario.name: scenario.workers for scenario in scenarios()}
    wrong = []
    for row in promises():
        if row.workers == "none":  # it is about no worker
            continue
        found = [workers_of.get(name) for name, _ in row.scenarios]
        shown = frozenset().union(*(workers for workers in found if workers is not None))
        fits = shown <= row.named_workers if None in found or row.unit_tests else shown == row.named_workers
        if not fits:
            wrong.append(
                f"{row.what}: {row.workers}, where its scenarios run against {', '.join(sorted(shown))}"
            )
    assert wrong == []
