"""Requests that are sent in pieces."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from browser import Browser


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    """Open a connection."""
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=20) as client:
        yield client


@contextmanager
def posting(browser: Browser, *headers: str, path: str = "/api/datasets") -> Iterator[socket.socket]:
    """Open a connection and send the head of a POST."""
    lines = [
        f"POST {path} HTTP/1.1", f"host: {urlsplit(browser.url).netloc}", f"cookie: {browser.cookie}",
        f"x-csrf-token: {browser.csrf}", *headers,
    ]  # fmt: skip
    with connected(browser.url) as client:
        client.sendall("\r\n".join([*lines, "", ""]).encode())
        yield client


def read_answer(client: socket.socket) -> tuple[int, dict[str, str], Any]:
    """Return the status, the headers and the JSON of the answer."""
    answer = b""
    while not answer.endswith(b"}"):
        part = client.recv(65536)
        assert part, answer
        answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, json.loads(body)


def answered(client: socket.socket) -> tuple[int, Any]:
    """Return the status and the JSON of the answer."""
    status, _, body = read_answer(client)
    return status, body
