"""The second offers of a draft: off until somebody switches them on, and guarded once they come after a no."""

import re
from typing import Any

import pytest

from checkout_widgets.launching.drafts import DraftChoices, create_draft
from checkout_widgets.launching.templates import templates
from checkout_widgets.models import KeptInput, NextWidget, Offer
from experiments.models import AuditEntry, Experiment, Status
from tests import factories
from tests.dashboard.builder.drafts import HTMX, WORDS, client_of, url_of
from tests.pair_offers import make_pair_offer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AFTER_NO = "declined-treatment"


@pytest.fixture
def draft() -> Experiment:
    experiment = factories.make_experiment(
        status=Status.DRAFT,
        started_at=None,
        moment="confirmation",
        guardrails=[{"metric": "conversion", "margin": -0.02}],
    )
    factories.make_widget(experiment.variants.get(key="treatment"))
    return experiment


def page_of(draft: Experiment, section: str = "") -> str:
    return client_of(draft).get(url_of(draft), {"second": section}).content.decode()


def send(draft: Experiment, section: str, typed: dict[str, Any]) -> Any:
    found = re.search(rf'id="version-{section}" value="(\w+)"', page_of(draft, section))
    assert found
    return client_of(draft).post(url_of(draft, f"sections/{section}/"), typed | {"version": found[1]}, **HTMX)


def typed(draft: Experiment, **fields: Any) -> dict[str, Any]:
    offer = factories.make_offer(draft.store, price_minor=300)
    return WORDS | {"phone_layout": "", "shows": "offer", "offer": offer.pk, "headline": "A sample"} | fields


def test_page_shows_no_fields_of_second_offers_until_somebody_opens_them(draft):
    page = page_of(draft)
    assert f'id="{AFTER_NO}"' in page
    assert "A second offer" not in page
    part = client_of(draft).get(url_of(draft, "treatments/treatment/after/declined/"), **HTMX).content.decode()
    assert "A second offer" in part
    assert 'value="nothing" checked' in part
    assert client_of(draft).get(url_of(draft, "treatments/treatment/after/never/")).status_code == 404


def test_second_offers_fields_offer_no_pairs(draft):
    pair, fixed = make_pair_offer(draft.store), factories.make_offer(draft.store, name="A fixed offer")
    part = client_of(draft).get(url_of(draft, "treatments/treatment/after/declined/"), **HTMX).content.decode()
    assert "Create an offer" in part
    offers = re.findall(r'name="offer" value="(\d+)"', part)
    assert str(fixed.pk) in offers
    assert str(pair.pk) not in offers
    assert "new-pairing" not in part
    assert "new-pairing" in page_of(draft)


def test_offer_created_beside_a_second_one_is_of_a_product_whatever_is_sent(draft):
    product = factories.make_product(draft.store, sku="CUP", title="Cup", price_minor=500)
    new = {"product": product.pk, "name": "", "kind": "cross_sell", "price": "3", "pairing": "best"}
    sent = typed(draft) | {f"new-{name}": text for name, text in new.items()}
    url = url_of(draft, "treatments/treatment/after/declined/offer/")
    assert client_of(draft).post(url, sent, **HTMX).status_code == 200
    assert Offer.objects.get(name="Cup").pairing == ""


def test_second_offer_after_a_no_is_saved_with_the_guardrails_that_it_needs(draft):
    answer = send(draft, AFTER_NO, typed(draft))
    assert answer["X-Section-State"] == "saved"
    second = NextWidget.objects.get()
    assert (second.after, second.is_shown, second.headline) == ("declined", True, "A sample")
    draft.refresh_from_db()
    assert [guardrail["metric"] for guardrail in draft.guardrails] == ["conversion", "orders_per_visitor"]
    text = answer.content.decode()
    assert 'id="version-goal"' in text
    assert 'id="goal-fields"' in text
    assert {entry.reason for entry in AuditEntry.objects.all()} >= {"Second offer of Treatment"}
    assert "A sample" in page_of(draft)


def test_second_offer_that_is_switched_off_keeps_its_words(draft):
    send(draft, AFTER_NO, typed(draft))
    send(draft, AFTER_NO, {"shows": "nothing"})
    assert NextWidget.objects.values_list("is_shown", "headline").get() == (False, "A sample")
    part = client_of(draft).get(url_of(draft, "treatments/treatment/after/declined/"), **HTMX).content.decode()
    assert 'value="A sample"' in part


def test_second_offer_that_cannot_be_saved_is_kept_and_blocks_the_launch(draft):
    answer = send(draft, AFTER_NO, typed(draft, accept_label="Take it"))
    assert answer["X-Section-State"] == "kept"
    assert KeptInput.objects.get().section == AFTER_NO
    assert not NextWidget.objects.exists()
    assert "must show the price" in page_of(draft)
    assert f'href="#{AFTER_NO}"' in page_of(draft)


def test_stage_shows_the_second_offer_as_it_is_typed(draft):
    part = url_of(draft, "treatments/treatment/after/accepted/stage/")
    assert "data-key" in client_of(draft).post(part, typed(draft)).content.decode()


def test_second_offer_is_pictured_beside_the_first(draft):
    second = factories.make_next_widget(draft.variants.get(key="treatment"), "declined")
    page = client_of(draft).get(url_of(draft, "preview/")).content.decode()
    assert "After a no" in page
    assert second.offer.name in page
    frame = client_of(draft).get(url_of(draft, "shown/treatment/"), {"after": "declined"})
    assert frame.status_code == 200
    assert client_of(draft).get(url_of(draft, "shown/treatment/"), {"after": "accepted"}).status_code == 404


def test_template_of_a_sequence_begins_the_second_offer_in_its_words(client):
    store = factories.make_store()
    template = templates()["one-or-sequence"]
    choices = DraftChoices(key="two", name="Two", offers=[factories.make_offer(store)])
    draft = create_draft(template, store, choices, actor="ada")
    assert draft.moment == "confirmation"
    page = page_of(draft)
    assert 'value="Goes well with what you took"' in page
    assert "“A second after a yes” has no second offer yet" in page
    assert not NextWidget.objects.exists()
