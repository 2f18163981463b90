"""What a page in a preview is answered: one variant, and nothing is recorded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.utils import timezone

from checkout_widgets.edge.previews import requests
from checkout_widgets.models import Offer, Widget
from experiments.models import Experiment, Exposure, Status, Store, Variant
from tests import factories
from tests.pair_offers import count_pair, make_pair_offer

Show = Callable[..., dict[str, Any]]


@pytest.fixture
def draft(store: Store) -> Experiment:
    return factories.make_live_experiment(store, key="new-idea", status=Status.DRAFT, started_at=None)


def token_of(variant: Variant) -> str:
    return parse_qs(urlsplit(requests.preview_link(variant)).query)["offerlift_preview"][0]


def previewed_at() -> Any:
    return Experiment.objects.get().previewed_at


@pytest.fixture
def show(post: Callable[..., Any]) -> Show:
    """What the edge answers with this preview token."""

    def ask(token: str, **body: Any) -> dict[str, Any]:
        response = post("/v1/decide", {"key": "pk_shop", "moments": ["cart", "payment"], "preview": token} | body)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer

    return ask


def test_preview_of_a_draft_shows_its_variant_and_records_nothing(draft, show):
    answer = show(token_of(draft.variants.get(key="treatment")), visitor_id="v_1", locale="en")
    assert answer["preview"] is True
    assert answer["visitor_id"] == "v_1"
    cart, payment = answer["decisions"]
    assert (cart["experiment"], cart["variant"], cart["trigger"]) == ("new-idea", "treatment", {"kind": "slot_visible"})
    assert cart["exposure_token"] is None
    assert cart["content"]["headline"] == "Goes well with tea"
    assert cart["content"]["preview_text"] == "Preview: nothing is recorded"
    assert cart["content"]["messages"]["added"] == "Preview: the order is unchanged."
    assert payment["reason"] == "preview"
    assert not Exposure.objects.exists()


def test_preview_of_the_control_shows_nothing(draft, show):
    cart = show(token_of(draft.variants.get(key="control")))["decisions"][0]
    assert (cart["variant"], cart["content"], cart["exposure_token"]) == ("control", None, None)


def test_preview_is_not_held_back_by_what_silences_offers(draft, show):
    Store.objects.update(holdout_share=1.0, consent_mode="required")
    Experiment.objects.update(targeting={"field": "device", "op": "is", "value": "phone"}, traffic_share=0)
    history = {"shown_session": 9, "shown_today": 9, "declined_at": timezone.now().isoformat(), "friction": ["support"]}
    answer = show(token_of(draft.variants.get(key="treatment")), history=history, device="desktop")
    assert answer["decisions"][0]["content"]


@pytest.mark.slow
def test_preview_shows_what_was_saved_last(draft, show):
    token = token_of(draft.variants.get(key="treatment"))
    show(token)
    Widget.objects.update(headline="New words")
    Offer.objects.update(price_minor=100)
    content = show(token, locale="en")["decisions"][0]["content"]
    assert (content["headline"], content["price"]["text"]) == ("New words", "€1.00")


@pytest.mark.slow
def test_preview_is_noted_once_a_minute(draft, show):
    token = token_of(draft.variants.get(key="treatment"))
    show(token, moments=["payment"])
    first = previewed_at()
    show(token)
    assert previewed_at() == first
    Experiment.objects.update(previewed_at=first - timedelta(minutes=2))
    show(token)
    assert previewed_at() > first - timedelta(minutes=1)


OF_ANOTHER_KIND = signing.dumps("x", salt="other")


@pytest.mark.parametrize(
    "token",
    ["nonsense", "a:b:c", "\u0000", OF_ANOTHER_KIND, "ü" * 50],
    ids=["nonsense", "three parts", "NUL", "of another kind", "not ASCII"],
)
def test_preview_link_that_does_not_hold_shows_nothing(experiment, show, token):
    answer = show(token)
    assert answer["preview"] is True
    assert [decision["reason"] for decision in answer["decisions"]] == ["preview_ended", "preview_ended"]


def test_preview_link_of_another_store_shows_nothing(experiment, show):
    other = factories.make_live_experiment(factories.make_store(allowed_origins=["https://other.example"]))
    answer = show(token_of(other.variants.get(key="treatment")))
    assert answer["decisions"][0]["reason"] == "preview_ended"


def test_preview_link_ends_after_a_day(draft, show, monkeypatch):
    token = token_of(draft.variants.get(key="treatment"))
    monkeypatch.setattr(requests, "LIFETIME", timedelta(seconds=-1))
    assert show(token)["decisions"][0]["reason"] == "preview_ended"


def test_preview_of_a_variant_that_is_gone_shows_nothing(draft, show):
    token = token_of(draft.variants.get(key="treatment"))
    draft.delete()
    assert show(token)["decisions"][0]["reason"] == "preview_ended"


def test_drafts_are_not_in_the_configuration(draft, post, django_assert_num_queries):
    body = {"key": "pk_shop", "visitor_id": "v_1", "moments": ["cart"]}
    answer = post("/v1/decide", body).json()
    assert answer["decisions"][0]["reason"] == "no_experiment"
    assert "preview" not in answer
    with django_assert_num_queries(0):
        post("/v1/decide", body, refresh=False)


def test_preview_at_a_moment_that_the_page_has_not_comes_last(draft, show):
    decisions = show(token_of(draft.variants.get(key="treatment")), moments=["payment"])["decisions"]
    assert [(decision["moment"], decision.get("reason")) for decision in decisions] == [
        ("payment", "preview"),
        ("cart", None),
    ]
    assert decisions[1]["content"]["headline"] == "Goes well with tea"


def test_preview_switched_by_its_bar_shows_the_language_and_device_that_were_chosen(draft, show):
    Widget.objects.update(translations={"de": {"headline": "Passt gut zu Tee"}}, phone_layout="line")
    variant = draft.variants.get(key="treatment")
    asked = requests.PreviewRequest(draft.store_id, draft.pk, variant.pk, "en", "de", "phone")
    content = show(requests.sign(asked), locale="en", device="desktop")["decisions"][0]["content"]
    assert (content["headline"], content["layout"]) == ("Passt gut zu Tee", "line")


def test_preview_without_a_cart_shows_a_sample_cart(draft, show):
    Store.objects.update(free_shipping_minor=5000)
    Offer.objects.update(kind="free_shipping")
    Widget.objects.update(layout="free_shipping")
    content = show(token_of(draft.variants.get(key="treatment")), locale="en")["decisions"][0]["content"]
    assert content["progress"]["share"] == pytest.approx(0.78)


def test_preview_of_a_holdout_shows_nothing(store, show):
    holdout = factories.make_holdout(store)
    token = requests.sign(requests.PreviewRequest(store.pk, holdout.pk, holdout.variants.get(is_control=True).pk))
    assert show(token)["decisions"][0]["reason"] == "preview_ended"


def test_preview_link_of_the_release_before_still_shows_its_variant(draft, show):
    variant = draft.variants.get(key="treatment")
    token = signing.dumps([draft.store_id, draft.pk, variant.pk], salt=requests.SALT)
    assert show(token)["decisions"][0]["variant"] == "treatment"


def test_ended_link_says_so_in_its_bar(draft, show):
    bar = show("nonsense")["bar"]
    assert (bar["title"], bar["moment"], bar["leave_token"]) == ("This preview has ended", "", "off")


def test_preview_of_pairs_shows_what_goes_with_the_cart_else_with_some_product(draft, show):
    store, variant = draft.store, draft.variants.get(key="treatment")
    variant.widget.delete()
    factories.make_widget(variant, make_pair_offer(store, pair_discount=10))
    assert show(token_of(variant))["decisions"][0]["content"] is None
    tea, cup = factories.make_product(store, sku="tea"), factories.make_product(store, sku="cup", price_minor=1000)
    count_pair(tea, cup)
    cart = {"currency": store.currency, "total_minor": 990, "items": [{"sku": "tea", "quantity": 1}]}
    for asked in ({"cart": cart}, {}):
        content = show(token_of(variant), **asked)["decisions"][0]["content"]
        assert [(item["sku"], item["price"]["minor"]) for item in content["items"]] == [("cup", 900)]
