"""Headers of answers, which are the same from both web servers."""

import time

import pytest
from browser import Browser
from conftest import Trained
from system import System

# What a server adds to an answer because of its connection or its content.
OWN = {"connection", "content-length", "date", "keep-alive", "server", "set-cookie", "transfer-encoding"}


@pytest.mark.parametrize("path", ["/api/session", "/api/jobs", "/api/nothing"])
def test_both_servers_send_the_same_headers(system: System, browser: Browser, path: str) -> None:
    headers = []
    for url in system.urls.values():
        answer = browser.at(url).get(path)
        shown = {name: value for name, value in answer.headers.items() if name not in OWN}
        shown["content-type"] = shown["content-type"].partition(";")[0]
        shown["content-security-policy"] = " ".join(sorted(words(shown["content-security-policy"])))
        headers.append(shown)

    assert headers[0] == headers[1]
    assert headers[0]["cross-origin-opener-policy"] == "same-origin"


def words(policy: str) -> list[str]:
    return [directive.strip() for directive in policy.split(";")]


def test_retry_after_is_what_is_left_of_the_minute(browser: Browser) -> None:
    for _ in range(121):
        answer = browser.post("/api/trainings", {})
    assert answer.status == 429
    time.sleep(2)

    later = browser.post("/api/trainings", {})

    assert 1 <= int(later.headers["retry-after"]) <= 58
    assert not [name for name in later.headers if name.startswith("x-ratelimit")]


@pytest.mark.parametrize(
    ("wanted", "status", "length"),
    [
        ("bytes=0-9", 206, 10),
        ("bytes=-5", 206, 5),
        ("bytes=99999999-", 416, None),
        ("bytes=9-2", 416, None),
        ("bytes=x", 200, None),
        ("lines=1-2", 200, None),
        ("bytes=0-1,4-5", 200, None),
    ],
)
def test_a_file_is_sent_in_ranges(trained: Trained, wanted: str, status: int, length: int | None) -> None:
    file = trained.predicted()["file"]
    for path in (f"/api/files/{file}", "/assets/main.js"):
        answer = trained.browser.send("GET", path, headers={"range": wanted})

        assert answer.status == status, (path, answer.body)
        if status == 416:
            assert answer.json["error"]["code"] == "range"
        if length:
            assert len(answer.body) == length
