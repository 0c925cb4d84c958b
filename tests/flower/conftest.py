"""The workers and the Flower of the conformance tests, and a browser of this machine."""

import os
import shutil

import pytest

from tests.conformance.conftest import ledger  # noqa: F401
from tests.conformance.flower import cluster, flower  # noqa: F401

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of Chromium or Chrome, from CHROMIUM or PATH."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert found, (
        "no browser: install Chromium (Debian: `apt install chromium`), or name one with CHROMIUM=..."
    )
    return found
