"""A journey is made, written, launched and paused on its pages, by editors of its store alone."""

import pytest

from experiments.models import Role
from journeys.models import Journey, SendPoint
from journeys.planning.rounds import plan_due
from tests import factories
from tests.factories import NOON
from tests.journeys import followups

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return followups.make_sending_store(address="shop@example.com", postal_address="1 Main St")


def person_url(contact) -> str:
    return f"/journeys/{contact.store.slug}/people/{contact.pk}/"


@pytest.fixture
def editor(store, client):
    client.force_login(factories.make_user(store))
    return client


def test_journey_is_made_from_a_template_written_launched_and_paused(store, editor):
    offer = factories.make_offer(store)
    assert "Choose a template" in editor.get("/journeys/").content.decode()
    made = editor.post(
        f"/journeys/templates/?store={store.slug}&template=works-better-with", {"name": "After", "key": "after"}
    )
    url = f"/journeys/{store.slug}/after/"
    assert made.headers["Location"] == url
    page = editor.get(url)
    assert page.status_code == 200
    step, words = page.context["steps"][0]["form"], page.context["steps"][0]["words"]
    data = {field.html_name: field.value() for form in (step, words) for field in form if field.value() is not None}
    data = {name: value for name, value in data.items() if value is not False}
    data[f"{words.prefix}-.offer"] = offer.key
    saved = editor.post(f"{url}steps/accessory/", data)
    assert saved.status_code == 302, saved.content.decode()
    checklist = editor.get(f"{url}reach/").content.decode()
    assert "Launch" in checklist
    editor.post(f"{url}launch/", {"reason": "Few customers yet"})
    journey = Journey.objects.get()
    assert journey.status == "running"
    editor.post(f"{url}pause/", {"reason": "Wait"})
    journey.refresh_from_db()
    assert (journey.status, journey.paused_reason) == ("paused", "Wait")


def test_figures_add_up_and_a_persons_page_says_why(store, editor):
    journey = followups.make_journey(store)
    contact = followups.make_contact(store, "i_77")
    followups.make_run(journey, contact)
    followups.make_run(journey, followups.make_contact(store, basis="none"))
    plan_due(NOON)
    (figures,) = editor.get(f"/journeys/{store.slug}/{journey.key}/").context["figures"]
    assert figures.due == SendPoint.objects.count() == 2
    found = editor.post(f"/contacts/?store={store.slug}", {"who": "77"}, follow=True)
    assert person_url(contact) in found.content.decode()
    assert "Planned" in editor.get(person_url(contact)).content.decode()


def test_strangers_see_no_journey_and_viewers_change_none(store, client):
    journey = followups.make_journey(store)
    url = f"/journeys/{store.slug}/{journey.key}/"
    client.force_login(factories.make_user(factories.make_store()))
    assert client.get(url).status_code == 404
    client.force_login(factories.make_user(store, Role.VIEWER))
    assert client.get(url).status_code == 200
    assert client.post(f"{url}pause/").status_code == 403
