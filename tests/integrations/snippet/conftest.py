"""Both fake edges, one after the other."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_edges import SECRET_KEY, Fake, running_fake


@pytest.fixture
def options() -> dict[str, Any]:
    """What the fake edge is started with, in Python's spelling."""
    return {"secret_key": SECRET_KEY}


@pytest.fixture(params=["python", pytest.param("node", marks=pytest.mark.slow)])
def fake(request: pytest.FixtureRequest, options: dict[str, Any]) -> Iterator[Fake]:
    with running_fake(request.param, options) as fake:
        yield fake
