"""The streams of events of pages: how many a session has, and what becomes of one that lags."""

import json
import os
import socket
import subprocess
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from browser import Browser, Events
from scripts.example.places import WEB_NODE, WEB_PYTHON, WEB_PYTHON_VENV
from scripts.paths import ROOT
from system import wait_until

MOST_STREAMS = 20
MOST_WAITING = 500
TOLD = 2 * MOST_WAITING

ENV = os.environ | {"PYTHONPATH": str(ROOT / "clients" / "python")}
# A page that reads its stream only after all events were sent, then prints what it read.
LAGGING = {
    "node": (
        "node",
        "--input-type=module",
        "--eval",
        f"""import {{ EventEmitter }} from "node:events";
import {{ Pages }} from "{WEB_NODE / "pages.js"}";
const pages = new Pages();
const stream = pages.open("session", new EventEmitter());
for (let i = 0; i < {TOLD}; i++) pages.tell("session", "job", i);
const read = [];
for await (const [, number] of stream) read.push(number);
console.log(JSON.stringify(read));
""",
    ),
    "python": (
        str(WEB_PYTHON_VENV / "bin" / "python"),
        "-c",
        f"""import asyncio, json, sys
sys.path.insert(0, {str(WEB_PYTHON)!r})
from pages import Pages

async def main():
    pages = Pages()
    queue = pages.open("session")
    for i in range({TOLD}):
        pages.tell("session", ("job", i))
    print(json.dumps([number async for _, number in pages.read(queue)]))

asyncio.run(main())
""",
    ),
}


def test_a_session_has_a_limited_number_of_streams(browser: Browser) -> None:
    other = Browser(browser.url)
    with ExitStack() as stack:
        pages = [stack.enter_context(Events(browser)) for _ in range(MOST_STREAMS)]
        for page in pages:
            page.until(lambda _: True, kind="listed")
        assert status_of_one_more(browser) == 429
        assert status_of_one_more(other) == 200

        pages[0].__exit__()

        wait_until(lambda: status_of_one_more(browser) == 200, "a closed page leaves its place", 5)


def test_streams_that_open_at_the_same_time_are_counted(browser: Browser) -> None:
    url = urlsplit(browser.url)
    head = f"GET /api/events HTTP/1.1\r\nhost: {url.netloc}\r\ncookie: {browser.cookie}\r\n\r\n"
    with ExitStack() as stack:
        address = str(url.hostname), int(url.port or 0)
        clients = [
            stack.enter_context(socket.create_connection(address, timeout=20))
            for _ in range(2 * MOST_STREAMS)
        ]
        for client in clients:
            client.sendall(head.encode())
        statuses = [int(client.recv(4096).split()[1]) for client in clients]

    assert sorted(statuses) == [200] * MOST_STREAMS + [429] * MOST_STREAMS
    wait_until(lambda: status_of_one_more(browser) == 200, "closed pages leave their places", 5)


def test_a_page_that_lags_gets_no_more_than_the_limit(kind: str) -> None:
    done = subprocess.run(LAGGING[kind], capture_output=True, text=True, timeout=20, check=True, env=ENV)

    read: Any = json.loads(done.stdout)
    assert read == list(range(MOST_WAITING)) or read == list(range(MOST_WAITING + 1))


def status_of_one_more(browser: Browser) -> int:
    with Events(browser) as events:
        return events.answer.status
