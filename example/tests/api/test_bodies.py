"""Bodies that are too large, or are forms with other parts than a file."""

import select
import time
from collections.abc import Iterable

import pytest
from browser import Answer, Browser
from raw import answered, posting
from samples import HEADER, ROW

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
