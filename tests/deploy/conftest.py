"""Each overlay, rendered."""

import pytest

from tests.deploy.rendering import KUBECTL, OVERLAYS, Manifests, rendered


@pytest.fixture(scope="session", autouse=True)
def tools() -> None:
    """`make test` runs without them."""
    if not KUBECTL.exists():
        pytest.skip("kubectl is missing: `make test-deploy` installs it")


@pytest.fixture(params=OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    return rendered(request.param)
