"""A browser's session with a web server: its cookie, its token, and its stream of events."""

import copy
import json
import queue
import socket
import threading
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

FINAL = {"done", "failed", "cancelled"}
ENDS_WITHIN_S = 60.0


@dataclass(frozen=True)
class Answer:
    """A status, its headers and its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Browser:
    """One session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookie = ""
        self.csrf = ""
        answer = self.get("/api/session")
        self.set_cookie = answer.headers["set-cookie"]
        self.cookie = self.set_cookie.partition(";")[0]
        self.csrf = str(answer.json["csrf"])

    def at(self, url: str) -> "Browser":
        """The same session at another web server."""
        other = copy.copy(self)
        other.url = url
        return other

    def get(self, path: str) -> Answer:
        """Get a path."""
        return self.send("GET", path)

    def post(self, path: str, body: object = None, *, key: str | None = None, **headers: str) -> Answer:
        """Post JSON."""
        kind = {"content-type": "application/json"} if body is not None else {}
        keys = {"idempotency-key": key} if key else {}
        content = b"" if body is None else json.dumps(body).encode()
        return self.send("POST", path, content, {**kind, **keys, **headers})

    def upload(self, content: bytes, filename: str = "customers.csv", key: str | None = None) -> Answer:
        """Post a file."""
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{filename}"\r\n'
            "content-type: text/csv\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = {"content-type": f"multipart/form-data; boundary={boundary}"}
        return self.send("POST", "/api/datasets", body, kind | ({"idempotency-key": key} if key else {}))

    def send(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request on a separate connection."""
        own = {"cookie": self.cookie} | ({"x-csrf-token": self.csrf} if method == "POST" else {})
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            connection.request(method, path, body, {**own, **(headers or {})})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def ended(self, job: Any, within_s: float = ENDS_WITHIN_S) -> Any:
        """Wait for the end of a job with its events, as the page does; return it."""
        with Events(self) as events:
            return events.until(lambda seen: seen["id"] == job["id"] and seen["state"] in FINAL, within_s)

    def subjects(self, to: str) -> list[str]:
        """The subjects of the mails to an address."""
        return [mail["subject"] for mail in self.get("/api/mailbox").json["mails"] if mail["to"] == to]


class Events:
    """A stream of events, read in a thread, as a context manager."""

    def __init__(self, browser: Browser) -> None:
        self._connection = HTTPConnection(urlsplit(browser.url).netloc, timeout=60)
        self._connection.request("GET", "/api/events", headers={"cookie": browser.cookie})
        self._socket = self._connection.sock  # an answer that closes the connection takes it over
        self.answer: HTTPResponse = self._connection.getresponse()
        self._queue: queue.SimpleQueue[tuple[str, Any] | None] = queue.SimpleQueue()
        self.has_ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> "Events":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # the server may have closed it
            self._socket.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def next(self, within_s: float = ENDS_WITHIN_S) -> tuple[str, Any]:
        """Return the next event."""
        event = self._queue.get(timeout=within_s)
        assert event is not None, "the stream has ended"
        return event

    def until(self, is_it: Any, within_s: float = ENDS_WITHIN_S, kind: str = "job") -> Any:
        """Return the data of the first event that passes the test."""
        deadline = time.monotonic() + within_s
        while True:
            name, data = self.next(max(0.1, deadline - time.monotonic()))
            if name == kind and is_it(data):
                return data

    def _read(self) -> None:
        name = ""
        try:
            while line := self.answer.readline().decode().rstrip("\n"):
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self._queue.put((name, json.loads(line.removeprefix("data: "))))
                    self.answer.readline()
                elif line.startswith(":"):
                    self.answer.readline()
        except (OSError, ValueError, AttributeError):
            pass
        self._queue.put(None)
        self.has_ended.set()
