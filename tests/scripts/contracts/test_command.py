"""`make contracts` writes the catalogue, and its checks fail a build that would surprise the other team."""

import json
import re

import pytest

from scripts.contracts import catalogue, files, reading
from tests.clients.test_generated import cpu_s
from tests.scripts.contracts.conftest import Clone

PREDICT = "py_workers.tasks.team.mine.predict"
RENDER = "js_workers.tasks.team.mine.render"
PYTHON = '''
@celery_app.task
def predict(history: list[float], days: int = 7) -> list[float]:
    """Predict the next days."""
    return history
'''
NODE = """
/**
 * Renders a report.
 *
 * @param {string} customer
 * @param {{ urgent?: boolean }} options
 * @returns {Promise<{ pages: number }>}
 */
export const render = async (customer, { urgent = false }) => ({ pages: customer.length + Number(urgent) });
"""


def written(clone: Clone) -> None:
    exit_code, output = clone.contracts()
    assert exit_code == 0, output


def test_the_catalogue_has_the_tasks_of_both_languages(clone: Clone) -> None:
    clone.python_task(PYTHON)
    clone.node_task(NODE)

    written(clone)

    assert clone.task(PREDICT) == {
        "doc": "Predict the next days.",
        "language": "python",
        "parameters": [
            {
                "kind": "positional_or_keyword",
                "name": "history",
                "required": True,
                "schema": {"items": {"type": "number"}, "type": "array"},
            },
            {
                "default": 7,
                "kind": "positional_or_keyword",
                "name": "days",
                "required": False,
                "schema": {"type": "integer"},
            },
        ],
        "queue": "py-queue",
        "result": {"items": {"type": "number"}, "type": "array"},
    }
    render = clone.task(RENDER)
    assert [(each["name"], each["kind"]) for each in render["parameters"]] == [
        ("customer", "positional_or_keyword"),
        ("urgent", "keyword_only"),
    ]
    assert (render["queue"], render["doc"]) == ("js-queue", "Renders a report.")
    assert not [name for name in clone.catalogue()["tasks"] if name.startswith("celery.")]


def test_a_second_run_changes_nothing_and_the_check_passes(written_clone: Clone) -> None:
    clone = written_clone
    before = (clone.folder / "contracts/tasks.json").read_bytes()

    exit_code, output = clone.contracts("CHECK=1")
    written(clone)

    assert exit_code == 0, output
    assert (clone.folder / "contracts/tasks.json").read_bytes() == before


def test_a_package_of_another_module_type_around_it_changes_nothing(clone: Clone) -> None:
    clone.write("package.json", '{ "type": "commonjs" }')

    exit_code, output = clone.contracts()

    assert exit_code == 0, output


def test_each_worker_has_the_hashes_of_its_own_tasks(written_clone: Clone) -> None:
    clone = written_clone

    files = ("python/py_workers/contract.json", "node/js_workers/contract.json")
    python, node = (json.loads((clone.folder / file).read_text()) for file in files)

    assert python["hash"] == node["hash"]
    assert len(python["hash"]) == 12
    assert {*python["tasks"], *node["tasks"]} == set(clone.catalogue()["tasks"])
    assert all(name.startswith("js_workers.") for name in node["tasks"])


def test_a_stale_catalogue_fails_the_check(clone: Clone) -> None:
    clone.python_task(PYTHON)
    written(clone)
    clone.python_task(PYTHON.replace("days: int = 7", "days: int = 14"))

    exit_code, output = clone.contracts("CHECK=1")

    assert exit_code == 1
    assert "contracts/tasks.json" in output
    assert f"stale ({PREDICT}): run `make contracts` and commit the result" in output


def test_another_sentence_makes_the_catalogue_stale_but_keeps_the_hashes(clone: Clone) -> None:
    clone.python_task(PYTHON)
    written(clone)
    before = (clone.folder / "python/py_workers/contract.json").read_bytes()
    clone.python_task(PYTHON.replace("the next days", "some days"))

    exit_code, output = clone.contracts("CHECK=1")
    written(clone)

    assert exit_code == 1
    assert f"stale ({PREDICT}): run `make contracts`" in output
    assert (clone.folder / "python/py_workers/contract.json").read_bytes() == before


def test_a_breaking_change_fails_until_it_is_waived(clone: Clone) -> None:
    clone.python_task(PYTHON)
    written(clone)
    clone.commit()
    clone.python_task(PYTHON.replace("days", "horizon"))
    written(clone)

    exit_code, output = clone.contracts("CHECK=1")

    assert exit_code == 1
    assert f"{PREDICT}: parameter 'days' is called 'horizon' now (parameter-renamed): callers that" in output
    assert "1 change since" in output
    waiver = (
        f'[[waiver]]\ntask = "{PREDICT}"\nrule = "parameter-renamed"\nreason = "nobody gives it"\nuntil = '
    )
    clone.write("contracts/waivers.toml", f"{waiver}2199-12-31\n")
    exit_code, output = clone.contracts("CHECK=1")
    assert exit_code == 0, output
    assert "nobody gives it, until 2199-12-31" in output
    clone.write("contracts/waivers.toml", f"{waiver}2020-12-31\n")
    exit_code, output = clone.contracts("CHECK=1")
    assert exit_code == 1
    assert f"the waiver of parameter-renamed for {PREDICT} ended on 2020-12-31" in output


@pytest.mark.long
def test_a_branch_is_compared_with_its_merge_base_and_with_a_tag(written_clone: Clone) -> None:
    clone = written_clone
    clone.git("tag", "v1")
    clone.python_task(PYTHON)
    written(clone)
    clone.commit()
    clone.git("checkout", "--quiet", "-b", "change")
    (clone.folder / "python/py_workers/tasks/team/mine.py").unlink()
    written(clone)
    clone.commit()

    since_main, output = clone.contracts("CHECK=1")
    since_tag, _ = clone.contracts("CHECK=1", "BASE=v1")
    unknown, answer = clone.contracts("CHECK=1", "BASE=v7")

    assert (since_main, since_tag, unknown) == (1, 0, 1)
    assert f"{PREDICT}: the task was removed or renamed (task-removed)" in output
    assert re.search(r"compared with main \([0-9a-f]{12}\)", output)
    assert re.search(r"1 change since main \([0-9a-f]{12}\) would break callers", output)
    waiver = (
        f'[[waiver]]\ntask = "{PREDICT}"\nrule = "task-removed"\nreason = "never sent"\nuntil = 2199-12-31\n'
    )
    clone.write("contracts/waivers.toml", waiver)
    waived, output = clone.contracts("CHECK=1")
    assert waived == 0, output
    assert f"{PREDICT}: deploy the services first, and its workers when no old message waits" in output
    assert "invalid BASE=v7: use a tag, a branch or a commit" in answer


@pytest.mark.long
def test_the_order_of_deployment_is_said(clone: Clone) -> None:
    clone.python_task(PYTHON)
    written(clone)
    clone.commit()
    clone.python_task(PYTHON.replace("days: int = 7", 'days: int = 7, unit: str = "day"'))

    exit_code, output = clone.contracts()

    assert exit_code == 0, output
    assert f"{PREDICT} takes unit now: deploy its workers before the services that give it" in output


def test_missing_types_are_listed_and_strict_refuses_them(clone: Clone) -> None:
    clone.python_task("\n@celery_app.task\ndef predict(history, days: int = 7) -> None: ...\n")
    clone.node_task("\n/** @returns {string} */\nexport const render = (customer) => customer;\n")

    relaxed, output = clone.contracts()
    strict, refused = clone.contracts("STRICT=1")

    assert (relaxed, strict) == (0, 1)
    python = "python/py_workers/tasks/team/mine.py:4: " + PREDICT
    assert f"{python}: the parameter 'history' is any: write its type, such as `history: str`" in output
    node = "node/js_workers/tasks/team/mine.js:3: " + RENDER
    assert f"{node}: the parameter 'customer' is any: write `@param {{string}} customer` in the" in output
    assert "2 types missing; STRICT=1 refuses them" in output
    assert "STRICT=1: 2 types missing: write them as listed above" in refused


def test_the_users_own_settings_do_not_change_the_catalogue(
    written_clone: Clone, monkeypatch: object
) -> None:
    clone = written_clone
    before = clone.catalogue()
    monkeypatch.setenv("JOBS_TASK_ROUTES", "*=mine")  # type: ignore[attr-defined]

    written(clone)

    assert clone.catalogue() == before


def test_the_contracts_of_the_template_take_less_than_five_seconds_of_cpu() -> None:
    since = cpu_s()

    files.stale(catalogue.assemble(reading.read_tasks(lambda _: None)))

    assert cpu_s() - since < 5
