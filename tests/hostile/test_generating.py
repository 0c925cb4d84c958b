"""What is drawn depends on the number of examples alone."""

import subprocess
import sys

from scripts.paths import ROOT

DRAW = """
from hashlib import sha1
{before}
from tests.hostile.generating import for_batches
from tests.hostile.messages import hostile_messages
digest = sha1()
for_batches(hostile_messages(), 500, lambda batch: digest.update(repr(batch).encode()))
print(digest.hexdigest())
"""


def drawn(before: str = "") -> str:
    command = [sys.executable, "-c", DRAW.format(before=before)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_modules_that_are_loaded_change_nothing() -> None:
    assert drawn() == drawn("import celery_reliable, scripts.workers, scripts.clean")
