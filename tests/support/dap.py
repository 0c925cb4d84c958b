"""A debugger's side of the Debug Adapter Protocol, as an editor speaks it."""

import json
import queue
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

ANSWERS_WITHIN_S = 30.0


class DebugSession:
    """A connection to a debug adapter that listens on a port."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), ANSWERS_WITHIN_S)
        self._socket.settimeout(None)
        self._stream = self._socket.makefile("rb")
        self._received: queue.Queue[dict[str, Any]] = queue.Queue()
        self._early: list[dict[str, Any]] = []
        self._sent = 0
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, command: str, **arguments: object) -> int:
        """Sends a request and returns its number."""
        self._sent += 1
        request = {"seq": self._sent, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(request).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self._sent

    def ask(self, command: str, **arguments: object) -> Any:
        """Sends a request and returns the body of its response. Raises AssertionError when it fails."""
        return self.answer(self.send(command, **arguments))

    def answer(self, number: int) -> Any:
        """Returns the body of the response to a request. Raises AssertionError when it fails."""
        response = self._wait_for("request_seq", number)
        assert response["success"], response
        return response.get("body")

    def event(self, name: str) -> Any:
        """Waits for an event and returns its body."""
        return self._wait_for("event", name).get("body")

    def _wait_for(self, field: str, value: object) -> dict[str, Any]:
        for message in self._early:
            if message.get(field) == value:
                self._early.remove(message)
                return message
        while (message := self._received.get(timeout=ANSWERS_WITHIN_S)).get(field) != value:
            self._early.append(message)
        return message

    def _read(self) -> None:
        with suppress(OSError):  # it is closed
            while line := self._stream.readline():
                if line.startswith(b"Content-Length:"):
                    self._stream.readline()
                    self._received.put(json.loads(self._stream.read(int(line.split(b":")[1]))))

    def __enter__(self) -> "DebugSession":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
