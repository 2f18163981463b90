"""A store that sends messages, and a journey of it."""

import pytest

from tests.journeys import followups


@pytest.fixture
def store():
    return followups.make_sending_store()


@pytest.fixture
def journey(store):
    return followups.make_journey(store)
