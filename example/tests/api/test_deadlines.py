"""Requests that do not arrive in time, or are not HTTP: their answers, and the end of their connections."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from browser import Browser
from raw import answered, connected, posting, read_answer
from system import System

JSON = "content-type: application/json"
FORM = "content-type: multipart/form-data; boundary=B"
FILE_HEAD = b'--B\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
CHUNK = b"1000\r\n" + b"a" * 4096 + b"\r\n"
ENDS_WITHIN_S = 5.0


@pytest.fixture(scope="module")
def hurried(system: System, kind: str) -> Iterator[Browser]:
    """A session with a web server that waits a second for a request."""
    system.stop_web(kind)
    system.start_web(kind, WEB_BODY_TIMEOUT_S="1")
    yield Browser(system.urls[kind])
    system.stop_web(kind)
    system.start_web(kind)


@pytest.mark.parametrize(
    ("kind_of_body", "begun"), [(JSON, b'{"seed": 1'), (FORM, FILE_HEAD + b"customer_id")]
)
def test_a_body_that_does_not_end_is_refused(hurried: Browser, kind_of_body: str, begun: bytes) -> None:
    with posting(hurried, kind_of_body, "content-length: 1000") as client:
        client.sendall(begun)
        status, answer = answered(client)
        rest = client.recv(1)

    assert (status, answer["error"]["code"]) == (408, "too-slow")
    assert rest == b"", "the connection ends"


def test_a_head_that_does_not_end_is_refused(hurried: Browser) -> None:
    with connected(hurried.url) as client:
        client.sendall(b"GET /livez HTTP/1.1\r\nhost: a\r\n")
        status, answer = answered(client)
        rest = client.recv(1)

    assert (status, answer["error"]["code"]) == (408, "too-slow")
    assert rest == b"", "the connection ends"


@pytest.mark.parametrize("reads_the_end", [True, False])
def test_a_client_that_goes_on_sending_loses_its_connection(hurried: Browser, reads_the_end: bool) -> None:
    with posting(hurried, JSON, "content-length: 60000") as client:
        client.sendall(b"{")
        if reads_the_end:
            assert answered(client)[0] == 408
        else:
            time.sleep(2)

        assert_ends(client, b" ")


def test_the_rest_of_a_refused_body_has_a_limit(hurried: Browser) -> None:
    with posting(hurried, JSON, "transfer-encoding: chunked") as client:
        for _ in range(20):
            client.sendall(CHUNK)
        assert answered(client)[0] == 413

        assert_ends(client, CHUNK)


def test_a_connection_goes_on_between_requests_in_time(hurried: Browser) -> None:
    statuses = []
    with connected(hurried.url) as client:
        for _ in range(3):
            client.sendall(b"GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
            statuses.append(answered(client)[0])
            time.sleep(0.7)

    assert statuses == [200] * 3


@pytest.mark.parametrize(
    ("sent", "status"), [(b"GET /livez HTTP/1.1\r\nhost", 408), (b"\0 is not HTTP\r\n\r\n", 400)]
)
def test_these_answers_have_the_headers_of_all(hurried: Browser, sent: bytes, status: int) -> None:
    usual = hurried.get("/api/nothing").headers
    with connected(hurried.url) as client:
        client.sendall(sent)
        refused, headers, answer = read_answer(client)

    assert refused == status
    assert answer["error"]["code"] == {408: "too-slow", 400: "not-http"}[status]
    assert headers["connection"] == "close"
    assert int(headers["content-length"]) > 0
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"):
        assert headers[name] == usual[name].lower()


def assert_ends(client: socket.socket, part: bytes) -> None:
    """Check that a connection ends for a client that goes on sending."""
    until = time.monotonic() + ENDS_WITHIN_S
    with suppress(ConnectionError):
        while time.monotonic() < until:
            client.sendall(part)
            time.sleep(0.05)
        pytest.fail(f"the connection is open after {ENDS_WITHIN_S} s")
