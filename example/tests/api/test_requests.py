"""Which requests a web server accepts, and how it refuses others."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from browser import Answer, Browser
from conftest import Trained
from samples import BODIES, CUSTOMER, HEADER, ROW
from system import System

FORM = "multipart/form-data; boundary=B"


def refusal(answer: Answer, status: int) -> Any:
    assert answer.status == status, answer.body
    error = answer.json["error"]
    assert error["code"]
    assert error["message"]
    return error


def test_the_page_and_its_files_are_served(browser: Browser) -> None:
    page = browser.get("/")

    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert browser.get("/assets/main.js").status == 200
    assert browser.get("/assets/../../web-node/package.json").status == 404

    for path in ("nothing", "%00", "%ff", "api/files/%ff", "assets/main.js%00", "assets/%2e%2e/openapi.json"):
        refusal(browser.get(f"/{path}"), 404)


def test_every_answer_has_the_headers_for_browsers(browser: Browser) -> None:
    for answer in (browser.get("/"), browser.get("/api/jobs"), browser.get("/nothing")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "strict-transport-security" not in answer.headers
    for path in ("", "assets/main.js", "openapi.json"):
        assert browser.get(f"/{path}").headers["cache-control"] == "no-cache"
    for path in ("session", "jobs", "nothing"):
        assert browser.get(f"/api/{path}").headers["cache-control"] == "no-store"


def test_the_cookie_is_signed_and_kept_from_scripts(browser: Browser) -> None:
    attributes = browser.set_cookie.lower()
    assert "httponly" in attributes
    assert "samesite=lax" in attributes

    name, _, value = browser.cookie.partition("=")
    browser.cookie = f"{name}={'0' if value[0] != '0' else '1'}{value[1:]}"
    refusal(browser.get("/api/jobs"), 401)


@pytest.mark.parametrize("path", ["jobs", "events", "mailbox", "files/x.csv", "jobs/x"])
def test_without_a_session_nothing_is_shown(browser: Browser, path: str) -> None:
    browser.cookie = ""

    refusal(browser.get(f"/api/{path}"), 401)


@pytest.mark.parametrize("path", BODIES)
def test_a_post_needs_the_sessions_token(browser: Browser, path: str) -> None:
    browser.csrf = "0" * 64
    refusal(browser.post(path, BODIES[path]), 403)
    browser.cookie = ""
    refusal(browser.post(path, BODIES[path]), 401)


@pytest.mark.parametrize(
    ("path", "change", "field"),
    [
        ("/api/datasets", {"rows": 1}, "rows"),
        ("/api/datasets", {"rows": "100"}, "rows"),
        ("/api/datasets", {"seed": 1.5}, "seed"),
        ("/api/datasets", {"seed": None}, "seed"),
        ("/api/datasets", {"color": 1}, "color"),
        ("/api/trainings", {"rounds": 0}, "rounds"),
        ("/api/trainings", {"rounds": 401}, "rounds"),
        ("/api/trainings", {"dataset": 7}, "dataset"),
        ("/api/trainings", {}, "dataset"),
        ("/api/trainings", {"dataset": "../../etc/passwd"}, "dataset"),
        ("/api/predictions", {}, "model"),
        ("/api/predictions", {"customer": {**CUSTOMER, "contract": "weekly"}}, "contract"),
        ("/api/predictions", {"customer": {**CUSTOMER, "tenureMonths": 121}}, "tenureMonths"),
        ("/api/predictions", {"customer": {**CUSTOMER, "monthlyCharge": "x"}}, "monthlyCharge"),
        ("/api/predictions", {"customer": None}, "customer"),
        ("/api/predictions", {"customer": {**CUSTOMER, "color": 1}}, "color"),
        ("/api/prediction-files", {}, "model"),
        ("/api/reports", {}, "predictions"),
        ("/api/mails", {"to": "nobody"}, "to"),
        ("/api/mails", {"to": "ada@example.org,bea"}, "to"),
        ("/api/mails", {"to": "<ada@example.org>"}, "to"),
        ("/api/mails", {"to": "ada..b@example.org"}, "to"),
        ("/api/mails", {"to": "ada'@example.org"}, "to"),
        ("/api/mails", {"to": "ada@example.org\r\nBcc: bea@example.org"}, "to"),
        ("/api/mails", {}, "report"),
        ("/api/workflows", {"to": "a b@example.org"}, "to"),
        ("/api/mailbox/outage", {"seconds": 100000}, "seconds"),
    ],
)
def test_a_wrong_body_is_refused_with_its_field(
    browser: Browser, path: str, change: dict[str, Any], field: str
) -> None:
    error = refusal(browser.post(path, {**BODIES[path], **change}), 422)

    assert error["field"] == field


def test_numbers_without_a_fraction_are_whole(browser: Browser) -> None:
    assert browser.post("/api/datasets", {"seed": 1.0, "rows": 1e2}).json["rows"] == 100


def test_a_token_in_any_letters_is_refused(browser: Browser) -> None:
    browser.csrf = "ä" * 64

    refusal(browser.post("/api/trainings", BODIES["/api/trainings"]), 403)


def test_a_wrong_address_is_refused_in_words(browser: Browser) -> None:
    error = refusal(browser.post("/api/mails", {**BODIES["/api/mails"], "to": "ada@company"}), 422)

    assert error["message"] == "Invalid email address"


def test_a_body_that_is_not_json_is_refused(browser: Browser) -> None:
    kind = {"content-type": "application/json"}

    for body in (b"{", b"[]", b"null", b'"x"', b'{"dataset":"\xff"}', b"[" * 30_000 + b"]" * 30_000):
        refusal(browser.send("POST", "/api/trainings", body, kind), 422)
    refusal(browser.send("POST", "/api/trainings", b"a=b", {"content-type": "text/plain"}), 415)
    refusal(browser.send("POST", "/api/trainings", b" " * 70_000, kind), 413)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"{}"])
def test_a_body_that_no_one_reads_may_be_anything(trained: Trained, body: bytes) -> None:
    job, kind = trained.predicted(), {"content-type": "application/json"}

    cancelled = trained.browser.send("POST", f"/api/jobs/{job['id']}/cancel", body, kind)
    resumed = trained.browser.send("POST", f"/api/jobs/{job['id']}/resume", body, kind)

    assert cancelled.json == job
    assert refusal(resumed, 409)["code"] == "not-failed"


def test_a_session_in_use_does_not_expire(browser: Browser) -> None:
    again = browser.get("/api/session")

    assert again.headers["set-cookie"].partition(";")[0] == browser.cookie
    assert again.json["csrf"] == browser.csrf


def test_a_csv_file_becomes_a_dataset(browser: Browser) -> None:
    answer = browser.upload((HEADER + ROW * 60).encode())

    assert answer.status == 201, answer.body
    assert answer.json["rows"] == 60


def test_the_example_file_trains_a_model(browser: Browser) -> None:
    dataset = browser.upload(browser.get("/assets/customers.csv").body).json["dataset"]

    job = browser.post("/api/trainings", {"dataset": dataset, "rounds": 1}).json

    assert browser.ended(job)["state"] == "done"


def test_a_csv_file_as_excel_writes_it_becomes_a_dataset(browser: Browser) -> None:
    rows = HEADER + ROW + ROW.replace("A1", '"Łódź, ""Ωμέγα"" 顧客"') + "\n"

    answer = browser.upload(rows.replace("\n", "\r\n").encode("utf-8-sig"), "CUSTOMERS.CSV")

    assert answer.status == 201, answer.body
    assert answer.json["rows"] == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"name,age\nAda,36\n", "the first line has no column customer_id"),
        (HEADER.replace("churned", "products").encode(), "has the column products more than once"),
        ((HEADER + ROW.replace(",0\n", ",\n")).encode(), "row 1: churned is missing"),
        (HEADER.encode(), "the file has no rows"),
        ((HEADER + ROW + "A2,-1,70,yearly,1,0,2,0\n").encode(), "row 2: tenure_months is '-1'"),
        ((HEADER + ROW.replace("yearly", "weekly")).encode(), "row 1: contract is 'weekly'"),
        ((HEADER + "A1,12\n").encode(), "row 1: monthly_charge is missing"),
        (
            (HEADER + ROW + ROW.replace("70.5", "70,5")).encode(),
            "row 2: it has more values than",
        ),
        ((HEADER + ROW.replace(",0\n", ",0.5\n")).encode(), "row 1: churned is '0.5': use 0 or 1"),
        ((HEADER + ROW + ROW.replace("A1", "")).encode(), "row 2: customer_id is ''"),
        ((HEADER + ROW.replace("A1", "A" * 41)).encode(), "row 1: customer_id is"),
        ((HEADER + ROW.replace("A1", "A\0")).encode(), "row 1: customer_id is"),
        ((HEADER + ROW).replace(",", ";").encode(), "separated by semicolons or tabs: use commas"),
        ((HEADER + ROW.replace("A1", "A" * 200_000)).encode(), "this is not a CSV file: field larger"),
        ((HEADER + ROW.replace("A1", "Zoë")).encode("latin-1"), "save it as “CSV UTF-8”"),
        ((HEADER + ROW.replace("A1", '"A\n1"')).encode(), "row 1: customer_id is"),
        ((HEADER + ROW * 50_001).encode(), "more than 50000 rows"),
        (b"\xff\xfe\x00", "this is not a CSV file in UTF-8"),
        (b"PK\x03\x04\x14\0\x08\0" + bytes(range(256)) * 9, "this is not a CSV file in UTF-8"),
    ],
)
def test_a_wrong_file_is_refused_with_its_row(
    system: System, browser: Browser, content: bytes, message: str
) -> None:
    error = refusal(browser.upload(content), 422)

    assert error["field"] == "file"
    assert message in error["message"]
    assert str(system.files) not in error["message"]


def test_a_large_or_other_file_is_refused(browser: Browser) -> None:
    refusal(browser.upload(b"a" * (2 * 1024 * 1024 + 1)), 413)
    refusal(browser.upload(b"%PDF", "customers.pdf"), 415)
    cut = b'--B\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\ncustomer_id'
    large = cut + b"a" * 3_000_000 + b"\r\n--B--\r\n"
    for body in (large, iter([large])):  # the second one does not say its length
        answer = browser.send("POST", "/api/datasets", body, {"content-type": FORM})
        assert "content-security-policy" in answer.headers
        assert refusal(answer, 413)["code"] == "too-large"
    for content in (cut, b"no form", b"--B\r\ncontent-type: text/csv\r\n\r\nx\r\n--B--\r\n"):
        answer = browser.send("POST", "/api/datasets", content, {"content-type": FORM})
        assert refusal(answer, 422)["field"] == "file"


def test_a_key_starts_one_job_however_often_it_comes(trained: Trained) -> None:
    body = trained.names
    with ThreadPoolExecutor(8) as pool:
        posts = [pool.submit(trained.browser.post, "/api/prediction-files", body, key="k1") for _ in range(8)]
        answers = [post.result() for post in posts]

    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1
    other = trained.browser.post("/api/workflows", {**body, "to": "ada@example.org"}, key="k1")
    assert refusal(other, 422)["field"] == "Idempotency-Key"
    refusal(trained.browser.post("/api/prediction-files", body, key="k" * 201), 422)


def test_other_sessions_cannot_read_or_cancel_a_job(browser: Browser, trained: Trained) -> None:
    job = trained.browser.ended(trained.browser.post("/api/prediction-files", trained.names).json)
    assert trained.browser.get(f"/api/files/{job['file']}").status == 200

    refusal(browser.get(f"/api/jobs/{job['id']}"), 404)
    refusal(browser.post(f"/api/jobs/{job['id']}/cancel"), 404)
    refusal(browser.post(f"/api/jobs/{job['id']}/resume"), 404)
    refusal(browser.get(f"/api/files/{job['file']}"), 404)
    assert refusal(browser.post("/api/trainings", {"dataset": trained.dataset}), 422)["field"] == "dataset"
    used = browser.post("/api/predictions", {"model": trained.model, "customer": CUSTOMER})
    assert refusal(used, 422)["field"] == "model"
    assert refusal(browser.post("/api/reports", {"predictions": job["id"]}), 422)["field"] == "predictions"
    assert browser.get("/api/jobs").json == {"jobs": []}


@pytest.mark.parametrize("before_id", ["", "x", "../../", "model-"])
def test_a_dataset_needs_its_whole_name(trained: Trained, before_id: str) -> None:
    name = before_id + trained.dataset[-36:]

    assert refusal(trained.browser.post("/api/trainings", {"dataset": name}), 422)["field"] == "dataset"


@pytest.mark.parametrize("name", ["..%2fvalkey.log", "%2e%2e", "web", ".hidden", "x.csv"])
def test_only_a_jobs_own_files_are_sent(browser: Browser, name: str) -> None:
    refusal(browser.get(f"/api/files/{name}"), 404)


def test_posts_over_the_limit_per_minute_are_refused(browser: Browser) -> None:
    answers = [browser.post("/api/trainings", {}) for _ in range(125)]

    statuses = [answer.status for answer in answers]
    assert statuses == [422] * 120 + [429] * 5
    assert int(answers[-1].headers["retry-after"]) > 0
    message = "Too many POSTs: at most 120 a minute; wait, then try again"
    assert refusal(answers[-1], 429)["message"] == message
    assert browser.get("/api/jobs").status == 200


def test_both_servers_serve_one_document_of_the_api(browser: Browser) -> None:
    document = browser.get("/openapi.json").json

    assert json.dumps(document)
    assert {document["openapi"][:2], *document["paths"]} >= {"3.", "/api/trainings", "/api/events"}
