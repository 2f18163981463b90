"""A signed link shows one variant on the store's own page, and nothing is recorded."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.utils import timezone

from checkout_widgets.edge import preview
from checkout_widgets.models import Offer, Widget
from experiments.models import Experiment, Exposure, Status, Store, Variant
from tests import factories

Show = Callable[..., dict[str, Any]]


@pytest.fixture
def draft(store: Store) -> Experiment:
    return factories.make_live_experiment(store, key="new-idea", status=Status.DRAFT, started_at=None)


def token_of(variant: Variant) -> str:
    return parse_qs(urlsplit(preview.preview_link(variant)).query)["offerlift_preview"][0]


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


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("https://shop.example", "https://shop.example/?offerlift_preview="),
        ("https://shop.example/cart?a=1#top", "https://shop.example/cart?a=1&offerlift_preview="),
    ],
)
def test_link_opens_the_stores_page(draft, page, link):
    Store.objects.update(preview_url=page)
    assert preview.preview_link(draft.variants.select_related("experiment__store").get(key="treatment")).startswith(
        link
    )


def test_link_of_a_store_without_a_page_is_empty(draft):
    Store.objects.update(allowed_origins=[])
    assert preview.preview_link(Variant.objects.get(key="treatment")) == ""


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


def test_preview_shows_what_was_saved_last(draft, show):
    token = token_of(draft.variants.get(key="treatment"))
    show(token)
    Widget.objects.update(headline="New words")
    Offer.objects.update(price_minor=100)
    content = show(token, locale="en")["decisions"][0]["content"]
    assert (content["headline"], content["price"]["text"]) == ("New words", "€1.00")


def test_preview_is_noted_once_a_minute_where_its_moment_is_on_the_page(draft, show):
    token = token_of(draft.variants.get(key="treatment"))
    show(token, moments=["payment"])
    assert previewed_at() is None
    show(token)
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
    monkeypatch.setattr(preview, "LIFETIME", timedelta(seconds=-1))
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


@pytest.mark.parametrize(("seconds", "is_read"), [(24 * 3600 - 1, True), (24 * 3600 + 1, False)])
def test_read_takes_a_link_for_24_hours(draft, monkeypatch, seconds, is_read):
    made_at = 1_795_000_000
    monkeypatch.setattr("django.core.signing.time.time", lambda: made_at)
    token = token_of(draft.variants.get(key="treatment"))
    monkeypatch.setattr("django.core.signing.time.time", lambda: made_at + seconds)
    assert (preview.read(draft.store_id, token) is not None) is is_read


def test_note_is_kept_for_a_minute(draft):
    first, minute = timezone.now(), timedelta(minutes=1)
    preview.note_preview(draft.pk, first)
    preview.note_preview(draft.pk, first + minute)
    assert previewed_at() == first
    preview.note_preview(draft.pk, first + minute + timedelta(microseconds=1))
    assert previewed_at() > first
