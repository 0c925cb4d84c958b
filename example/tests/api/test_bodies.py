"""Bodies that are too large, come too slowly, or are forms with other parts than a file."""

import json
import select
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser import Answer, Browser
from samples import HEADER, ROW
from system import System

UPLOAD_LIMIT = 2 * 1024 * 1024
FORM_LIMIT = UPLOAD_LIMIT + 4096
# What is on its way while the answer comes.
MOST_UNREAD = 16 * 1024 * 1024
FORM = "multipart/form-data; boundary=B"
CSV = (HEADER + ROW).encode()
END = b"\r\n--B--\r\n"
FILE_HEAD = b'--B\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'


def field(value: bytes) -> bytes:
    return b'--B\r\ncontent-disposition: form-data; name="note"\r\n\r\n' + value + b"\r\n"


@contextmanager
def posting(browser: Browser, *headers: str, path: str = "/api/datasets") -> Iterator[socket.socket]:
    """Open a connection and send the head of a POST."""
    url = urlsplit(browser.url)
    lines = [
        f"POST {path} HTTP/1.1", f"host: {url.netloc}", f"cookie: {browser.cookie}",
        f"x-csrf-token: {browser.csrf}", *headers,
    ]  # fmt: skip
    with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=20) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        yield client


def answered(client: socket.socket) -> tuple[int, Any]:
    """Return the status and the JSON of the answer."""
    answer = b""
    while not answer.endswith(b"}"):
        part = client.recv(65536)
        assert part, answer
        answer += part
    return int(answer.split()[1]), json.loads(answer.partition(b"\r\n\r\n")[2])


def test_a_file_over_the_limit_is_refused_wherever_its_chunks_end(browser: Browser) -> None:
    body = FILE_HEAD + b"a" * UPLOAD_LIMIT
    length = len(body) + 100 + len(END)
    with posting(browser, f"content-type: {FORM}", f"content-length: {length}") as client:
        client.sendall(body)
        time.sleep(0.5)
        client.sendall(b"a" * 100 + END)
        status, answer = answered(client)

    assert (status, answer["error"]["code"]) == (413, "too-large")


def test_an_upload_that_says_it_is_too_large_is_refused_at_once(browser: Browser) -> None:
    with posting(browser, f"content-type: {FORM}", f"content-length: {FORM_LIMIT + 1}") as client:
        status, answer = answered(client)

    assert (status, answer["error"]["code"]) == (413, "too-large")


def test_an_upload_without_an_end_is_refused_at_the_limit(browser: Browser) -> None:
    chunk = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
    sent = 0
    with posting(browser, f"content-type: {FORM}", "transfer-encoding: chunked") as client:
        client.sendall(f"{len(FILE_HEAD):x}\r\n".encode() + FILE_HEAD + b"\r\n")
        while not select.select([client], [], [], 0)[0] and sent < MOST_UNREAD:
            client.sendall(chunk)
            sent += len(chunk)
        status, answer = answered(client)

    assert (status, answer["error"]["code"]) == (413, "too-large")
    assert FORM_LIMIT < sent < MOST_UNREAD


@pytest.mark.parametrize(
    ("kind_of_body", "begun"), [("application/json", b'{"seed": 1'), (FORM, FILE_HEAD + b"customer_id")]
)
def test_a_body_that_does_not_end_is_refused_after_some_time(
    system: System, kind: str, browser: Browser, kind_of_body: str, begun: bytes
) -> None:
    system.stop_web(kind)
    system.start_web(kind, WEB_BODY_TIMEOUT_S="1")
    try:
        with posting(browser, f"content-type: {kind_of_body}", "content-length: 1000") as client:
            client.sendall(begun)
            status, answer = answered(client)
            rest = client.recv(1)
    finally:
        system.stop_web(kind)
        system.start_web(kind)

    assert (status, answer["error"]["code"]) == (408, "too-slow")
    assert rest == b"", "the connection ends"


@pytest.mark.parametrize(
    "parts",
    [
        [FILE_HEAD + CSV + b"\r\n", FILE_HEAD + CSV],
        [field(b"x"), FILE_HEAD + CSV],
        [field(b"x" * 1_500_000), FILE_HEAD + CSV],
        [FILE_HEAD + CSV + b"\r\n", field(b"x").rstrip()],
    ],
    ids=["two files", "a field first", "a large field", "a field last"],
)
def test_a_form_has_one_file_and_nothing_else(browser: Browser, parts: Iterable[bytes]) -> None:
    answer = sent(browser, b"".join(parts) + END, FORM)

    assert answer.status == 422, answer.body
    assert answer.json["error"]["field"] == "file"


def test_the_type_of_a_form_is_written_in_any_case(browser: Browser) -> None:
    answer = sent(browser, FILE_HEAD + CSV + END, FORM.replace("multipart/form-data", "Multipart/Form-Data"))

    assert answer.status == 201, answer.body


def sent(browser: Browser, body: bytes, kind: str) -> Answer:
    return browser.send("POST", "/api/datasets", body, {"content-type": kind})
