"""One key, several POSTs: at the same time, with other bodies, at the other web server."""

from concurrent.futures import ThreadPoolExecutor

from browser import Answer, Browser
from conftest import Trained
from samples import HEADER, ROW
from system import System


def at_once(browser: Browser, bodies: list[object], key: str, path: str = "/api/datasets") -> list[Answer]:
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(lambda body: browser.post(path, body, key=key), bodies))


def test_of_two_bodies_with_one_key_at_once_one_is_stored(system: System, browser: Browser) -> None:
    answers = at_once(browser, [{"seed": seed % 2, "rows": 100} for seed in range(8)], "k2")

    stored = {answer.json["dataset"] for answer in answers if answer.status == 201}
    refused = [answer.json["error"]["field"] for answer in answers if answer.status == 422]
    assert len(stored) == 1
    assert refused == ["Idempotency-Key"] * 4
    [dataset] = stored
    assert [file.stem for file in system.files.glob(f"dataset-*{dataset[-36:]}.csv")] == [dataset]


def test_an_upload_that_is_repeated_at_once_is_one_dataset(system: System, browser: Browser) -> None:
    content = (HEADER + ROW * 20_000).encode()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: browser.upload(content, key="k3"), range(4)))

    assert {answer.status for answer in answers} == {201}, [answer.body for answer in answers]
    assert {answer.json["rows"] for answer in answers} == {20_000}
    [dataset] = {answer.json["dataset"] for answer in answers}
    assert [file.stem for file in system.files.glob(f"dataset-*{dataset[-36:]}.csv")] == [dataset]


def test_a_wrong_upload_repeated_at_once_is_refused(system: System, browser: Browser) -> None:
    before = set(system.files.iterdir())
    content = (HEADER + ROW * 20_000 + "A2,-1,70,yearly,1,0,2,0\n").encode()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: browser.upload(content, key="k4"), range(4)))

    assert {answer.status for answer in answers} == {422}, [answer.body for answer in answers]
    assert set(system.files.iterdir()) - before == set()


def test_the_other_web_server_knows_a_key(system: System, kind: str, trained: Trained) -> None:
    first = trained.browser.post("/api/prediction-files", trained.names, key="k5").json

    again = trained.browser.at(system.other_url(kind)).post("/api/prediction-files", trained.names, key="k5")

    assert again.status == 202
    assert again.json["id"] == first["id"]
    assert trained.browser.ended(first)["state"] == "done"


def test_an_empty_key_is_refused(browser: Browser) -> None:
    kind = {"content-type": "application/json", "idempotency-key": ""}

    answer = browser.send("POST", "/api/datasets", b'{"seed": 1, "rows": 100}', kind)

    assert answer.status == 422
    assert answer.json["error"]["field"] == "idempotency-key"
