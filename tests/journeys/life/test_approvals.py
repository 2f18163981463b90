"""A store that wants launches approved gets no journey launched by one person alone."""

import pytest

from checkout_widgets.models import OfferItem, OfferTier, Product
from experiments.models import Approval, AuditEntry, Role, Store
from experiments.notifications.message import message_of, type_of
from journeys.life import approvals, lifecycle
from journeys.life.approvals import JourneyApprovalError
from journeys.life.drafts import create_journey
from journeys.life.lifecycle import JourneyStepError
from journeys.life.templates import journey_templates
from journeys.life.versions import COPIED, COPIED_OF_STEP
from journeys.models import JourneyStatus, JourneyStep, JourneyVersion
from tests import factories
from tests.journeys import followups

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    store = followups.make_sending_store(address="shop@example.com", postal_address="1 Main St")
    store.approval_rules = ["launch"]
    store.save()
    return store


@pytest.fixture
def people(store):
    return {name: factories.make_user(store, username=name) for name in ("ada", "ben")}


@pytest.fixture
def draft(store):
    offer = factories.make_offer(store, key="lid")
    journey = create_journey(journey_templates()["works-better-with"], store, key="after", name="After", actor="ada")
    step = JourneyStep.objects.get()
    step.document |= {"offer": offer.key}
    step.save()
    return journey


def launch(journey) -> None:
    lifecycle.launch(journey=journey, actor="ada", override_reason="Few customers yet")


@pytest.mark.slow
def test_launch_needs_another_persons_approval_which_its_tests_begin_with(draft, people):
    with pytest.raises(JourneyStepError, match="second person"):
        launch(draft)
    approvals.ask(draft, people["ada"])
    with pytest.raises(JourneyApprovalError, match="Another editor or admin"):
        approvals.answer(draft, people["ada"], is_approved=True)
    approvals.answer(draft, people["ben"], is_approved=True, comment="Fine")
    launch(draft)
    draft.refresh_from_db()
    assert draft.status == JourneyStatus.RUNNING
    experiment = JourneyStep.objects.get().experiment
    assert experiment is not None
    assert experiment.started_at is not None
    assert Approval.objects.get(experiment=experiment).answered_by_name == "ben"
    # pausing is never held up; going on as it was approved needs no new look
    lifecycle.pause(journey=draft, actor="ada", reason="Wait")
    lifecycle.resume(journey=draft, actor="ada")


def add_tier(store: Store) -> None:
    OfferTier.objects.create(offer=store.offers.get(), quantity=2, price_minor=900)


@pytest.mark.parametrize(
    "change",
    [
        lambda store: JourneyStep.objects.update(wait_hours=1),
        lambda store: store.offers.update(price_minor=1),
        lambda store: store.offers.update(billing_period="month"),
        lambda store: store.offers.update(terms_translations={"de": "Immer"}),
        lambda store: OfferItem.objects.update(quantity=2),
        add_tier,
    ],
)
def test_approval_lapses_when_what_it_covers_changes(draft, people, store, change):
    approvals.ask(draft, people["ada"])
    approvals.answer(draft, people["ben"], is_approved=True)
    change(store)
    with pytest.raises(JourneyStepError, match="changed since it was approved"):
        launch(draft)


def test_approval_holds_while_stock_and_names_change(draft, people):
    approvals.ask(draft, people["ada"])
    approvals.answer(draft, people["ben"], is_approved=True)
    Product.objects.update(stock=3, price_minor=1)
    draft.name = "Another name"
    draft.save()
    launch(draft)


@pytest.mark.parametrize(
    ("model", "copied", "others"),
    [
        (JourneyStep, COPIED_OF_STEP, {"id", "version"}),
        (JourneyVersion, COPIED, {"id", "journey", "number", "audience_frozen_at", "audience_count", "launched_at"}),
    ],
)
def test_every_field_of_a_version_is_covered_but_what_the_launch_writes(model, copied, others):
    names = {field.name for field in model._meta.concrete_fields}
    assert names - others == {name.removesuffix("_id") for name in copied}


def test_declined_and_withdrawn_requests_launch_nothing(draft, people):
    approvals.ask(draft, people["ada"])
    approvals.answer(draft, people["ben"], is_approved=False, comment="Too early")
    with pytest.raises(JourneyStepError, match="second person"):
        launch(draft)
    approvals.ask(draft, people["ben"])
    approvals.withdraw(draft, "ben")
    with pytest.raises(JourneyApprovalError, match="answered or withdrawn"):
        approvals.answer(draft, people["ada"], is_approved=True)


def test_nobody_is_asked_where_nobody_else_may_approve(draft, store):
    alone = factories.make_user(store)
    factories.make_user(store, role=Role.VIEWER)
    with pytest.raises(JourneyApprovalError, match="Nobody else"):
        approvals.ask(draft, alone)


def test_those_who_approve_are_told_with_a_link_to_the_journey(draft, people):
    approvals.ask(draft, people["ada"], "Before the weekend")
    entry = AuditEntry.objects.get(action="approval_asked")
    message = message_of(entry)
    assert message is not None
    assert message.data["journey_url"].endswith(f"/journeys/{draft.store.slug}/after/")
    assert message.data["reason"] == "Before the weekend"
    assert type_of(entry) == "journey.approval_asked"


@pytest.mark.slow
def test_page_asks_and_the_second_person_answers(draft, people, client):
    url = f"/journeys/{draft.store.slug}/after/"
    client.force_login(people["ada"])
    assert "Ask for approval" in client.get(f"{url}reach/").content.decode()
    client.post(f"{url}approval/ask/", {"answer": "Please"})
    assert "ada asks to launch this journey" in client.get(url).content.decode()
    client.force_login(people["ben"])
    assert "You can approve or decline." in client.get(url).content.decode()
    client.post(f"{url}approval/approve/", {"answer": ""})
    assert ">Launch<" in client.get(f"{url}reach/").content.decode()
    client.force_login(factories.make_user(draft.store, role=Role.VIEWER))
    assert client.post(f"{url}approval/withdraw/").status_code == 403
