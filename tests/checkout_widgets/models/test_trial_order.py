"""Test orders, which go with the deliveries that brought them."""

import pytest

from checkout_widgets.models import Delivery, DeliveryStatus, TrialOrder
from tests import factories

pytestmark = pytest.mark.django_db


def test_remove_deletes_the_delivery_that_is_still_waiting_and_no_other():
    store = factories.make_store()
    brought = factories.make_delivery(store, DeliveryStatus.PENDING)
    other = factories.make_delivery(store)
    trial = TrialOrder.objects.create(store=store, source="shopify", delivery=brought)
    assert TrialOrder.objects.filter(pk=trial.pk).remove() == 1
    assert list(Delivery.objects.all()) == [other]


def test_problem_is_what_the_delivery_says():
    store = factories.make_store()
    trial = TrialOrder(store=store, source="shopify")
    assert (trial.is_waiting, trial.problem) == (True, "")
    trial.delivery = factories.make_delivery(store, error="The order says no date_created_gmt.")
    assert (trial.is_waiting, trial.problem) == (False, "The order says no date_created_gmt.")
