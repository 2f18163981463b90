"""What every test can use."""

from collections.abc import Iterator

import pytest

from checkout_widgets.edge import snapshot


@pytest.fixture(autouse=True)
def fresh_snapshot() -> Iterator[None]:
    """No test answers from the configuration of another."""
    yield
    snapshot.forget()
