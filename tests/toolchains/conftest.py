"""A user's project with celery-js and the packages of `package.json` next to this file."""

import shutil
from pathlib import Path

import pytest

from tests.support.npm_package import pack, users_project

HERE = Path(__file__).parent
TOOLS = HERE / "node_modules"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """celery-js, packed."""
    return pack(tmp_path_factory.mktemp("packed"))


@pytest.fixture
def project(archive: Path, tmp_path: Path) -> Path:
    """A user's project with the packed package, and `client.js`."""
    folder = users_project(tmp_path / "project", archive)
    shutil.copy(HERE / "client.js", folder)
    return folder


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A user's project with a link to a checkout of the package."""
    return users_project(tmp_path / "project", None)
