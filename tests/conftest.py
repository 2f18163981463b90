"""What every test can use."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from checkout_widgets.edge import snapshot

# The same examples in every run, so that a red build is the change's doing; HYPOTHESIS_PROFILE=default explores.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def fresh_snapshot() -> Iterator[None]:
    """No test answers from the configuration of another."""
    yield
    snapshot.forget()
