"""Teams are told once of a claim that isn't true any more, and again once it was true meanwhile."""

import pytest
from django.utils import timezone

from checkout_widgets import claim_watch
from checkout_widgets.models import Offer
from experiments.models import AuditAction, AuditEntry
from experiments.notifications.message import message_of, type_of
from tests.factories import make_experiment, make_offer, make_widget

pytestmark = pytest.mark.django_db
TOLD = AuditEntry.objects.filter(action=AuditAction.CLAIM_UNTRUE)


@pytest.fixture
def offer() -> Offer:
    experiment = make_experiment(status="running", name="Balm beside the cart")
    offer = make_offer(experiment.store, key="balm", price_minor=990, compare_at_minor=1250)
    treatment = experiment.variants.exclude(is_control=True).get()
    make_widget(treatment, offer, headline="Save {saving}", translations={"de": {"body": "{quote}"}})
    return offer


def test_team_is_told_once_of_each_claim_that_is_not_true_and_again_after_it_was(offer):
    now = timezone.now()
    assert claim_watch.look(now) == 1  # a translation quotes what nobody said
    assert claim_watch.look(now) == 0
    (entry,) = TOLD
    assert entry.detail == {"offer": "balm", "claims": "quote", "where": "Balm beside the cart"}
    Offer.objects.filter(pk=offer.pk).update(compare_at_minor=None)
    assert claim_watch.look(now) == 1
    assert TOLD.latest("at").detail["claims"] == "saving"
    Offer.objects.filter(pk=offer.pk).update(compare_at_minor=1250)
    assert claim_watch.look(now) == 0
    Offer.objects.filter(pk=offer.pk).update(compare_at_minor=None)
    assert claim_watch.look(now) == 1


def test_team_is_told_by_its_channels_where_it_is_and_what_to_do(offer):
    claim_watch.look(timezone.now())
    message = message_of(TOLD.get())
    assert message is not None
    assert message.topic == "guardrail"
    assert type_of(TOLD.get()) == "offer.claim_untrue"
    assert message.data["claims"] == "quote"
    assert message.data["report_url"].endswith(f"/offers/{offer.store.slug}/balm/")


def test_nobody_is_told_of_a_test_that_does_not_run(offer):
    offer.widgets.get().variant.experiment.__class__.objects.update(status="draft")
    assert claim_watch.look(timezone.now()) == 0
