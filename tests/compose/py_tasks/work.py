"""A task that writes down where and when it ran; the tests mount this file into the container."""

import json
import os
import socket
import time

from celery import shared_task


@shared_task
def work(label: str, seconds: float = 0) -> str:
    """Take so long."""
    append("start", label)
    time.sleep(seconds)
    append("end", label)
    return label


def append(event: str, label: str) -> None:
    """Note an event in one write, as several processes do so at a time."""
    descriptor = os.open("/ledger/lines", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.write(descriptor, (json.dumps([event, label, socket.gethostname()]) + "\n").encode())
    os.close(descriptor)
