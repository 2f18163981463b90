"""What would become of an order, and that nothing does."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from checkout_widgets.models import TrialOrder
from checkout_widgets.trial_orders.rehearsal import keep, note_read, rehearse
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.orders import record_order
from experiments.models import Order
from tests import factories
from tests.table_contents import contents

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def order(**fields: Any) -> OrderData:
    now = timezone.now()
    lines = (LineData("mug", 2, 1000, discount_minor=300), LineData("unheard-of", 1, 500))
    given: dict[str, Any] = {
        "external_id": "77",
        "placed_at": now,
        "updated_at": now,
        "currency": "EUR",
        "lines": lines,
        "subtotal_minor": 2500,
        "discount_minor": 300,
        "tax_minor": 418,
        "shipping_minor": 490,
        "total_minor": 3108,
        "visitor_id": "v_1",
    }
    return OrderData(**given | fields)


@pytest.fixture
def store():
    store = factories.make_store(currency="EUR")
    factories.make_product(store, sku="mug")
    return store


@pytest.fixture
def exposure(store):
    variant = factories.make_experiment(store, attribution_window_days=7).variants.get(key="treatment")
    return factories.make_exposure(variant, visitor_id="v_1", exposed_at=timezone.now() - HOUR)


def test_rehearse_leaves_every_table_as_it_was(store, exposure):
    # What a first order from the shop would set off: an unsigned one stops counting, which queues a job.
    factories.make_order(store, source="snippet", visitor_id="v_1")
    before = contents()
    refund = RefundData("r1", 100, timezone.now())
    rehearsal = rehearse(store, order(customer_id="c_1", refunds=(refund,)), source="api")
    assert rehearsal.understood.would_count
    assert contents() == before
    assert store.first_signed_at is None
    record_order(store, order())
    assert contents() != before


def test_rehearse_says_what_the_order_is_worth_and_which_products_are_known(store, exposure):
    understood = rehearse(store, order(), source="api").understood
    assert (understood.goods_minor, understood.tax_minor, understood.shipping_minor) == (2200, 418, 490)
    assert (understood.total_minor, understood.currency, understood.status) == (3108, "EUR", "paid")
    known = [(line.sku, line.quantity, line.price_minor, line.known) for line in understood.lines]
    assert known == [("mug", 2, 1000, True), ("unheard-of", 1, 500, False)]
    assert (understood.would_count, understood.reason) == (True, "")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"visitor_id": ""}, "no_visitor"),
        ({"visitor_id": "v_2"}, "not_exposed"),
        ({"currency": "USD"}, "other_currency"),
        ({"status": "pending"}, "unpaid"),
        ({"status": "cancelled"}, "cancelled"),
        ({"repeat_kind": "renewal"}, "renewal"),
        ({"placed_at": timezone.now() + timedelta(days=8)}, "outside_window"),
    ],
)
def test_rehearse_says_why_an_order_would_not_count(store, exposure, fields, reason):
    understood = rehearse(store, order(**fields), source="api").understood
    assert (understood.would_count, understood.reason) == (False, reason)


def test_rehearse_of_a_known_order_leaves_that_as_it_is(store, exposure):
    record_order(store, order(total_minor=9999))
    before = contents()
    rehearsal = rehearse(store, order(updated_at=timezone.now() + HOUR), source="api")
    assert (rehearsal.recorded.is_created, rehearsal.understood.total_minor) == (False, 3108)
    assert contents() == before
    assert Order.objects.get().total_minor == 9999


def test_note_read_of_a_test_order_that_was_removed_does_nothing(store):
    trial = TrialOrder.objects.create(store=store, source="shopify")
    understood = rehearse(store, order(), source="shopify").understood
    note_read(factories.make_store(), trial.pk, "77", understood)
    trial.refresh_from_db()
    assert trial.read_at is None
    note_read(store, trial.pk, "77", understood)
    trial.refresh_from_db()
    assert (trial.understood["total_minor"], trial.external_id, trial.visitor_id) == (3108, "77", "v_1")
    TrialOrder.objects.filter(pk=trial.pk).remove()
    note_read(store, trial.pk, "77", understood)
    assert not TrialOrder.objects.exists()


def test_keep_forgets_the_oldest(store, monkeypatch):
    monkeypatch.setattr("checkout_widgets.models.trial_order.MOST_KEPT", 2)
    understood = rehearse(store, order(), source="api").understood
    for number in range(4):
        keep(store, str(number), understood, source="api")
    other = keep(factories.make_store(), "9", understood, source="api")
    assert sorted(TrialOrder.objects.values_list("external_id", flat=True)) == ["2", "3", other.external_id]
