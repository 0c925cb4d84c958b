"""A dead letter: one line of JSON that says why, and the message, byte for byte."""

import json
import time


def dead_letter_header(reason: str, worker: str, deliveries: int = 0) -> str:
    """Return the first line of a dead letter, without its line feed; ``deliveries``: workers lost with it."""
    facts = {"reason": reason, "time": int(time.time() * 1000), "worker": worker, "deliveries": deliveries}
    return json.dumps(facts, ensure_ascii=False)
