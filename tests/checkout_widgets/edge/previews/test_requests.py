"""Signed links to the store's page: whose they are, and for how long."""

import pytest
from django.utils import translation

from checkout_widgets.edge.previews import requests
from checkout_widgets.edge.previews.requests import PreviewRequest
from experiments.models import Experiment, Status, Store, Variant
from tests import factories


@pytest.fixture
def draft(store: Store) -> Experiment:
    return factories.make_live_experiment(store, key="new-idea", status=Status.DRAFT, started_at=None)


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("https://shop.example", "https://shop.example/?offerlift_preview="),
        ("https://shop.example/cart?a=1#top", "https://shop.example/cart?a=1&offerlift_preview="),
    ],
)
def test_link_opens_the_stores_page(draft, page, link):
    Store.objects.update(preview_url=page)
    assert requests.preview_link(draft.variants.select_related("experiment__store").get(key="treatment")).startswith(
        link
    )


def test_link_of_a_store_without_a_page_is_empty(draft):
    Store.objects.update(allowed_origins=[])
    assert requests.preview_link(Variant.objects.get(key="treatment")) == ""


@pytest.mark.parametrize(("seconds", "is_read"), [(24 * 3600 - 1, True), (24 * 3600 + 1, False)])
def test_read_takes_a_link_for_24_hours(monkeypatch, seconds, is_read):
    made_at = 1_795_000_000
    monkeypatch.setattr("django.core.signing.time.time", lambda: made_at)
    token = requests.sign(PreviewRequest(1, 2, 3))
    monkeypatch.setattr("django.core.signing.time.time", lambda: made_at + seconds)
    assert (requests.read(1, token) is not None) is is_read


def test_link_is_in_the_language_of_who_made_it(draft):
    with translation.override("de"):
        link = requests.preview_link(draft.variants.get(key="treatment"))
    asked = requests.read(draft.store_id, link.partition("offerlift_preview=")[2].replace("%3A", ":"))
    assert asked is not None
    assert (asked.reader, asked.locale, asked.device) == ("de", "", "")
