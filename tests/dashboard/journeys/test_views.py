"""A journey is made, written, launched and paused on its pages, by editors of its store alone."""

from typing import Any

import pytest

from dashboard.journeys.saving import step_digest
from experiments.models import AuditEntry, Role
from journeys.models import Journey, JourneyStep, SendPoint
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


def drawn_fields(page) -> dict[str, str]:
    """What the browser would send of the first step, as it was drawn."""
    one = page.context["steps"][0]
    data = {"seen": one["seen"]}
    for form in (one["form"], one["words"]):
        for field in form:
            if field.value() is not None and field.value() is not False:
                data[field.html_name] = field.value()
    return data


@pytest.fixture
def draft(store, editor):
    """A draft with one step, as somebody has just made it."""
    factories.make_offer(store, key="cloth")
    editor.post(
        f"/journeys/templates/?store={store.slug}&template=works-better-with", {"name": "After", "key": "after"}
    )
    return Journey.objects.get()


def draft_url(journey) -> str:
    return f"/journeys/{journey.store.slug}/{journey.key}/"


def saved_step(journey) -> JourneyStep:
    return JourneyStep.objects.filter(version__journey=journey).latest("version__number")


@pytest.mark.slow
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
    data = drawn_fields(page)
    data["accessory-words-.offer"] = offer.key
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


@pytest.mark.slow
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


def test_step_saves_itself_and_says_what_is_missing(draft, editor):
    typed = {"accessory-words-.subject": "", "accessory-wait": "30", "accessory-wait_unit": "1"}
    data = drawn_fields(editor.get(draft_url(draft))) | typed
    answer = editor.post(f"{draft_url(draft)}steps/accessory/", data, headers={"HX-Request": "true"})
    step = saved_step(draft)
    assert (step.wait_hours, step.document["subject"]) == (30, "")
    assert "All changes are saved." in answer.content.decode()
    assert "Fill in “Subject”." in answer.content.decode()
    again = data | {"seen": step_digest(step), "accessory-words-.subject": "Hello"}
    editor.post(f"{draft_url(draft)}steps/accessory/", again, headers={"HX-Request": "true"})
    assert saved_step(draft).document["subject"] == "Hello"
    # what somebody types in one go is one entry
    assert AuditEntry.objects.filter(action="journey_changed").count() == 1


def test_step_with_a_wrong_field_is_kept_as_it_was_and_says_which(draft, editor):
    data = drawn_fields(editor.get(draft_url(draft))) | {"accessory-category_waits": "Coffee"}
    answer = editor.post(f"{draft_url(draft)}steps/accessory/", data, headers={"HX-Request": "true"})
    assert "Not saved yet." in answer.content.decode()
    assert "Wait per product category: Write each line like “Coffee: 14”." in answer.content.decode()
    assert saved_step(draft).category_waits == {}


@pytest.mark.parametrize(("unit", "hours", "shown"), [("24", 336, "Coffee: 14"), ("1", 14, "Coffee: 14")])
def test_wait_by_category_is_typed_in_the_unit_of_the_wait(draft, editor, unit, hours, shown):
    typed = {"accessory-wait": "30", "accessory-wait_unit": unit, "accessory-category_waits": "Coffee: 14"}
    data = drawn_fields(editor.get(draft_url(draft))) | typed
    editor.post(f"{draft_url(draft)}steps/accessory/", data, headers={"HX-Request": "true"})
    assert saved_step(draft).category_waits == {"Coffee": hours}
    drawn = drawn_fields(editor.get(draft_url(draft)))
    assert (drawn["accessory-category_waits"].strip(), str(drawn["accessory-wait_unit"])) == (shown, unit)


def test_wait_by_category_of_more_than_two_years_is_refused(draft, editor):
    typed = {"accessory-wait_unit": "24", "accessory-category_waits": "Coffee: 731"}
    data = drawn_fields(editor.get(draft_url(draft))) | typed
    answer = editor.post(f"{draft_url(draft)}steps/accessory/", data, headers={"HX-Request": "true"})
    assert "Wait per product category: Enter at most two years." in answer.content.decode()
    assert saved_step(draft).category_waits == {}


@pytest.mark.slow
def test_nobody_overwrites_what_another_has_stored(draft, editor):
    first = drawn_fields(editor.get(draft_url(draft)))
    step_url = f"{draft_url(draft)}steps/accessory/"
    editor.post(step_url, first | {"accessory-words-.subject": "Mine"})
    refused = editor.post(step_url, first | {"accessory-words-.subject": "Theirs"}, follow=True)
    assert "somebody has changed this meanwhile" in refused.content.decode()
    assert saved_step(draft).document["subject"] == "Mine"
    # the same once more isn't another's: it saved itself while the button was pressed
    same = editor.post(step_url, first | {"accessory-words-.subject": "Mine"}, follow=True)
    assert "All changes are saved." in same.content.decode()


@pytest.mark.slow
def test_buttons_change_what_a_message_is_made_of_and_keep_what_was_typed(draft, editor):
    step_url = f"{draft_url(draft)}steps/accessory/"

    def press(edit: str, **more: str) -> dict[str, Any]:
        page = editor.get(draft_url(draft))
        editor.post(step_url, drawn_fields(page) | {"edit": edit} | more)
        document: dict[str, Any] = saved_step(draft).document
        return document

    typed = press("add_block|", **{"add_block-": "quote", "accessory-words-.subject": "Typed"})
    assert (typed["subject"], typed["blocks"][-1]["kind"]) == ("Typed", "quote")
    quote = typed["blocks"][-1]["id"]
    assert [block["id"] for block in press(f"move_up||{quote}")["blocks"]][-2] == quote
    assert press("add_message")["variants"]["message-b"]["subject"] == "Typed"
    # timing, and one product or two, are tested by numbers beside the words
    numbers = {"accessory-words-message-b.delay_hours": "72", "accessory-words-message-b.product.most_items": "1"}
    further = press("", **numbers)["variants"]["message-b"]
    assert further["delay_hours"] == 72
    assert {block["id"]: block.get("most_items") for block in further["blocks"]}["product"] == 1
    changed = press(f"remove_block|message-b|{quote}")
    assert quote not in {block["id"] for block in changed["variants"]["message-b"]["blocks"]}
    assert quote in {block["id"] for block in changed["blocks"]}
    press("add_language|", **{"add_language-": "de"})
    page = editor.get(draft_url(draft)).content.decode()
    assert "Deutsch" in page
    translated = press("", **{"accessory-words-.de.subject": "Hallo"})
    assert translated["translations"] == {"de": {"subject": "Hallo"}}
    refused = editor.post(
        step_url, drawn_fields(editor.get(draft_url(draft))) | {"edit": "remove_block||gone"}, follow=True
    )
    assert "Nothing was changed" in refused.content.decode()


def test_looking_at_a_running_journey_begins_no_version(store, editor):
    journey = followups.make_journey(store, {"document": {"subject": "Hi", "blocks": []}})
    data = drawn_fields(editor.get(draft_url(journey)))
    saved = editor.post(f"{draft_url(journey)}steps/step-1/", data)
    assert saved.status_code == 302, saved.context["steps"][0]["form"].errors
    assert journey.versions.count() == 1
    editor.post(f"{draft_url(journey)}steps/step-1/", data | {"step-1-wait": "2", "step-1-wait_unit": "24"})
    assert journey.versions.count() == 2


@pytest.mark.slow
def test_trigger_takes_amounts_in_the_stores_currency_and_times_by_its_clock(store, editor, draft):
    store.timezone, store.currency = "Europe/Berlin", "EUR"
    store.save()
    typed = {
        "name": "After",
        "trigger": "on_a_day",
        "at": "2030-07-01T09:00",
        "least_spent": "49.90",
        "countries": "de",
    }
    assert editor.post(draft_url(draft), typed).status_code == 302
    options = draft.versions.get().trigger_options
    assert options == {
        "at": "2030-07-01T09:00:00+02:00",
        "audience": {"least_spent_minor": 4990, "countries": ["DE"]},
    }
    form = editor.get(draft_url(draft)).context["trigger_form"]
    assert (form["at"].value(), str(form["least_spent"].value())) == ("2030-07-01T09:00", "49.90")
    refused = editor.post(draft_url(draft), typed | {"least_spent": "49.901"})
    assert "enter no more" in refused.content.decode()
    tier = {"name": "After", "trigger": "reached", "reached": "tier", "spent": "500", "within": "50"}
    editor.post(draft_url(draft), tier)
    options = draft.versions.get().trigger_options
    assert options == {"kind": "tier", "spent_minor": 50_000, "within_minor": 5_000}
