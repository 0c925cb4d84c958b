"""Counts the threads that are ending messages."""

import threading


class UnderWay:
    """Counts the threads inside. A pool's thread may end a message while the connection is closed."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.count += 1

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self.count -= 1
