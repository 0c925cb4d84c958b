"""What a web server checks before it reads a body, and what becomes of the connection after that."""

import json
import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from browser import Browser
from conftest import Trained
from samples import BODIES, CUSTOMER
from system import System

JSON = {"content-type": "application/json"}
LARGE = b"%PDF" + b"x" * 1_000_000
STOPS_WITHIN_S = 10


def form(name: str, filename: str, content: bytes) -> bytes:
    head = f'--B\r\ncontent-disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    return head.encode() + content + b"\r\n--B--\r\n"


@pytest.mark.parametrize(
    ("name", "filename", "status"),
    [("file", "report.pdf", 415), ("other", "a.csv", 422), ("file", "a.csv", 403)],
)
def test_a_refused_upload_leaves_its_connection_for_the_next_request(
    browser: Browser, name: str, filename: str, status: int
) -> None:
    token = browser.csrf if status != 403 else "0" * 64
    headers = {
        "cookie": browser.cookie,
        "x-csrf-token": token,
        "content-type": "multipart/form-data; boundary=B",
    }
    connection = HTTPConnection(urlsplit(browser.url).netloc, timeout=20)
    connection.request("POST", "/api/datasets", form(name, filename, LARGE), headers)
    refused = connection.getresponse()
    refused.read()
    connection.auto_open = 0

    connection.request("GET", "/livez")

    assert [refused.status, connection.getresponse().status] == [status, 200]
    connection.close()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/livez", 200),
        ("/readyz", 200),
        ("/", 200),
        ("/assets/main.js", 200),
        ("/api/session", 404),
        ("/api/jobs", 404),
        ("/api/events", 404),
        ("/openapi.json", 404),
    ],
)
def test_head_is_for_probes_and_the_page(browser: Browser, path: str, status: int) -> None:
    answer = browser.send("HEAD", path)

    assert answer.status == status
    assert answer.body == b""


def test_a_body_is_read_after_the_session_and_the_token_are_checked(browser: Browser) -> None:
    browser.csrf = "0" * 64
    assert browser.send("POST", "/api/trainings", b"{", JSON).status == 403
    browser.cookie = ""
    assert browser.send("POST", "/api/trainings", b"{", JSON).status == 401
    assert browser.send("POST", "/api/trainings", b" " * 70_000, JSON).status == 401
    assert browser.send("POST", "/api/trainings", b"a=b", {"content-type": "text/plain"}).status == 401


def test_bodies_that_cannot_be_read_count_towards_the_limit(browser: Browser) -> None:
    statuses = [browser.send("POST", "/api/trainings", b"{", JSON).status for _ in range(122)]

    assert statuses == [422] * 120 + [429] * 2


@pytest.mark.parametrize("path", [*BODIES, "/api/jobs/x/cancel", "/api/jobs/x/resume"])
def test_a_body_without_its_type_is_refused(browser: Browser, path: str) -> None:
    body = json.dumps(BODIES.get(path, {})).encode()

    assert browser.send("POST", path, body).status == 415


def test_a_post_without_a_body_needs_no_type(browser: Browser) -> None:
    assert browser.send("POST", "/api/trainings", b"").status == 422
    assert browser.send("POST", "/api/jobs/x/cancel", b"").status == 404


@pytest.mark.parametrize("path", BODIES)
def test_json_has_one_limit_whether_it_says_its_length_or_not(browser: Browser, path: str) -> None:
    for body in (b" " * 100_000, iter([b" " * 50_000] * 2)):
        answer = browser.send("POST", path, body, JSON)

        assert answer.status == 413
        assert answer.json["error"]["code"] == "too-large"


def test_an_id_is_measured_in_characters(browser: Browser) -> None:
    fields = []
    for length in (40, 41):
        customer = {**CUSTOMER, "customerId": "🙂" * length}
        refused = browser.post("/api/predictions", {"model": "x", "customer": customer})
        fields.append(refused.json["error"]["field"])

    assert fields == ["model", "customerId"]


@pytest.mark.timeout(60)
def test_a_client_that_sends_half_a_request_does_not_keep_a_server_from_stopping(
    system: System, kind: str, trained: Trained
) -> None:
    browser = trained.browser
    url = urlsplit(browser.url)
    with socket.create_connection((str(url.hostname), int(url.port or 0))) as client:
        head = (
            f"POST /api/trainings HTTP/1.1\r\nhost: {url.netloc}\r\ncookie: {browser.cookie}\r\n"
            f"x-csrf-token: {browser.csrf}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
        )
        client.sendall(head.encode())
        # It is handled once a later request is.
        assert browser.get("/livez").status == 200
        try:
            assert system.stop_web(kind, STOPS_WITHIN_S) == 0
        finally:
            system.kill_web(kind)
            system.start_web(kind)
