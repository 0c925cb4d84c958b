"""Workflows of a JavaScript client, as a test sees them: each step is done by celery-js's own canvas.

A `JsSignature` stands for a signature in the program `js_canvas.mjs`, which composes and applies it.
Only results are read here.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from celery import Celery
from celery.result import result_from_tuple

from .workers import results_of

SCRIPT = Path(__file__).with_name("js_canvas.mjs")


class JsSignature:
    """A signature or workflow of the JavaScript client, with those methods of Celery's that tests use."""

    def __init__(self, client: "JsCanvas", number: int) -> None:
        self._client = client
        self.number = number

    def set(self, **options: Any) -> "JsSignature":
        self._do("set", options)
        return self

    def clone(self, args: Any = (), kwargs: Any = None, **options: Any) -> Any:
        return self._do("clone", args, kwargs or {}, options)

    def link(self, callback: Any) -> Any:
        return self._do("link", callback)

    def link_error(self, errback: Any) -> Any:
        return self._do("linkError", errback)

    def on_error(self, errback: Any) -> Any:
        return self._do("onError", errback)

    def stamp(self, **stamps: Any) -> Any:
        return self._do("stamp", stamps)

    def stamp_by_visitor(self, **stamps: Any) -> Any:
        """Stamp every signature that a visitor's `onSignature` gets."""
        return self._do("visit", stamps)

    def apply_async(self, args: Any = (), kwargs: Any = None, **options: Any) -> Any:
        return self._do("applyAsync", args, kwargs or {}, options)

    @property
    def subtask_type(self) -> Any:
        return self["subtask_type"]

    def keys(self) -> Iterable[str]:
        """Make `dict(signature)` Celery's dict of it."""
        return self._do("data").keys()  # type: ignore[no-any-return]

    def __getitem__(self, name: str) -> Any:
        return self._do("data")[name]

    def __or__(self, other: Any) -> Any:
        return self._client.build("chain", self, other)

    def _do(self, method: str, *given: Any) -> Any:
        return self._client.call(method, self, *given)


class JsCanvas:
    """The JavaScript client. Its results are those of a Celery app on the same server."""

    def __init__(self, url: str, app: Celery, log: Path) -> None:
        settings = {"brokerUrl": url, "resultBackend": results_of(url), "taskDefaultQueue": "nowhere"}
        self._app = app
        self._log = log
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                ["node", SCRIPT, json.dumps(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
            )

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Make what follows with an app that has these settings too, in snake_case."""
        self.build("configure", dict(settings))

    def build(self, what: str, *given: Any) -> Any:
        """Make a signature; raises RuntimeError with what JavaScript threw."""
        return self._ask({"build": what, "given": given})

    def call(self, method: str, *given: Any) -> Any:
        """Call a method of the first value. Raises RuntimeError with the error of JavaScript."""
        return self._ask({"call": method, "given": given})

    def _ask(self, step: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(step, default=_written)}\n")
        line = self._process.stdout.readline()
        assert line, f"the JavaScript client has ended:\n{self._log.read_text()}"
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return self._read(answer["value"])

    def _read(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._read(item) for item in value]
        if isinstance(value, dict) and "$signature" in value:
            return JsSignature(self, value["$signature"])
        if isinstance(value, dict) and "$result" in value:
            return result_from_tuple(value["$result"], app=self._app)
        return value

    def __enter__(self) -> "JsCanvas":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=15)


def _written(value: Any) -> Any:
    if isinstance(value, JsSignature):
        return {"$signature": value.number}
    return value.isoformat() if isinstance(value, datetime) else list(value)
