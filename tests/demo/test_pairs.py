"""Pairs of the demo store."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout_widgets.models import ChosenPair, ProductPair, Widget
from demo import pairs
from experiments.models import Experiment, Status
from tests import factories

pytestmark = pytest.mark.django_db


def test_begin_pins_pairs_and_drafts_a_test_once_there_are_any():
    store = factories.make_store(slug="demo")
    for pinned in pairs.PINNED:
        for sku in pinned[:2]:
            factories.make_product(store, sku=sku)
    pairs.begin(store)
    assert not ChosenPair.objects.exists()
    bought = [{"sku": sku, "quantity": 1, "price_minor": 500} for sku in ("22423", "20725")]
    for _ in range(20):
        factories.make_order(store, lines=bought, status="paid", placed_at=timezone.now() - timedelta(days=5))
    pairs.begin(store)
    pairs.begin(store)
    assert ProductPair.objects.filter(product__sku="22423", suggested__sku="20725").exists()
    assert ChosenPair.objects.count() == len(pairs.PINNED)
    draft = Experiment.objects.get()
    assert (draft.key, draft.status) == ("curated-or-recommended", Status.DRAFT)
    sources = Widget.objects.filter(variant__experiment=draft).values_list("variant__key", "offer__pair_source")
    assert dict(sources) == {"curated": "pinned", "recommended": "counted"}
