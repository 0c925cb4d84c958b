"""Flower as its users see it: pages, buttons, what its API knows."""

import base64
import json
import urllib.parse
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from scripts import server
from tests.support.programs import Program
from tests.support.waiting import wait_until

USER, PASSWORD = "admin", "not a secret"
STARTS_WITHIN_S = 30
ANSWERS_WITHIN_S = 15


@dataclass(frozen=True)
class Answer:
    """What Flower answered."""

    status: int
    body: Any


class Flower:
    """A Flower that runs on a port of this machine."""

    def __init__(self, port: int, user: str = USER, password: str = PASSWORD) -> None:
        self.port = port
        self._user = user
        self._password = password

    def wait_until_up(self, program: Program) -> None:
        """Wait for its first answer. Raises AssertionError, with its log, when it ends or takes too long."""

        def is_up() -> bool:
            assert program.exit_code is None, program.log
            try:
                return self.get("/healthcheck").status == 200
            except OSError:
                return False

        wait_until(is_up, STARTS_WITHIN_S, "Flower")

    def get(self, path: str, password: str | None = "") -> Answer:
        """Reads a page, or what its API knows; None: without logging in, and empty: with its password."""
        return self._ask("GET", path, "", self._password if password == "" else password)

    def press(self, path: str, **fields: Any) -> Answer:
        """Does the same as a button on its pages."""
        return self._ask("POST", f"/api/{path}", urllib.parse.urlencode(fields), self._password)

    def task(self, task_id: str, state: str) -> dict[str, Any]:
        """What it knows of a task, once that is in a state."""

        def found() -> dict[str, Any] | None:
            answer = self.get(f"/api/task/info/{task_id}")
            return answer.body if answer.status == 200 and answer.body["state"] == state else None

        return wait_until(found, ANSWERS_WITHIN_S, f"{task_id} in state {state}")

    def _ask(self, method: str, path: str, body: str, password: str | None) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if password is not None:
            login = base64.b64encode(f"{self._user}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {login}"
        connection = HTTPConnection(server.HOST, self.port, timeout=ANSWERS_WITHIN_S)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, _read(response.read()))
        finally:
            connection.close()


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.decode()
