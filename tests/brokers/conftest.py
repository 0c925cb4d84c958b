"""Fixtures of the tests on other servers than Redis."""

import pytest

from tests.clients import signatures
from tests.clients.installed import Clients, install


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    """The generated clients of both languages, with the tasks of `tests/clients`."""
    return install(tmp_path_factory.mktemp("installed") / "clients", signatures.catalogue())
