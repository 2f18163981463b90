"""The pages and mails about a store's whole programme know its journeys."""

import pytest

from dashboard.journeys.digest import journeys_section
from dashboard.overview.alerts import journey_alerts
from journeys.models import JourneyStatus
from tests import factories
from tests.factories import NOON
from tests.journeys import followups

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return followups.make_sending_store()


@pytest.fixture
def journey(store):
    return followups.make_journey(store)


def test_digest_names_the_journeys_and_says_nothing_without_any(store, journey):
    section = journeys_section(store, NOON)
    assert section is not None
    assert section.facts == [(journey.name, "0 due, 0 sent, 0 clicked")]
    journey.status, journey.paused_reason = JourneyStatus.PAUSED, "Stock is out"
    journey.save()
    section = journeys_section(store, NOON)
    assert section is not None
    assert section.facts == [(journey.name, "Paused. Stock is out")]
    assert journeys_section(factories.make_store(), NOON) is None


def test_overview_says_which_journeys_send_nothing(store, journey):
    assert list(journey_alerts(store)) == []
    store.sender.is_on = False
    store.sender.save()
    (alert,) = journey_alerts(store)
    assert alert.text == "Journeys are running, but sending is switched off for the store."
    store.sender.paused_at, store.sender.paused_for = NOON, "bounces"
    store.sender.save()
    (alert,) = journey_alerts(store)
    assert alert.text == "Journeys send nothing: the sender went over a limit (Hard bounces)."
    journey.status = JourneyStatus.PAUSED
    journey.save()
    (alert,) = journey_alerts(store)
    assert alert.text == f"The journey “{journey.name}” is paused."


@pytest.mark.slow
def test_overview_and_moments_show_what_journeys_came_to(store, journey, client):
    factories.make_experiment(store)
    client.force_login(factories.make_user(store))
    overview = client.get(f"/?store={store.slug}").content.decode()
    assert "Journeys in the last 7 days" in overview
    assert journey.name in overview
    moments = client.get(f"/moments/?store={store.slug}").content.decode()
    assert "Journey running" in moments
