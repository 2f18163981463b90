"""Why shoppers declined: on a test's report while the store asks, and on the page of the offer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.test import Client

from checkout_widgets.offer_days import refresh
from dashboard.templatetags.decline_reasons import reasons_of
from experiments.models import Experiment, Store
from tests import factories
from tests.checkout_widgets.offer_days.sales import report

pytestmark = pytest.mark.django_db
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
TABLE = "{% include 'dashboard/offers/reason_table.html' %}"


@pytest.fixture
def experiment() -> Experiment:
    """A test whose offer two visitors declined, one with a reason; another store has the same."""
    stores = [factories.make_store(slug="tea", asks_why_declined=True), factories.make_store(asks_why_declined=True)]
    experiments = [factories.make_live_experiment(store, key="cart") for store in stores]
    for of in experiments:
        variant = of.variants.get(key="treatment")
        for visitor_id in ("v_1", "v_2"):
            report(variant, "impression", YESTERDAY, visitor_id)
            report(variant, "decline", YESTERDAY + timedelta(seconds=5), visitor_id)
        report(variant, "reason", YESTERDAY + timedelta(seconds=9), "v_2", props={"reason": "too_expensive"})
    refresh.refresh_all(datetime.now(UTC))
    return experiments[0]


def test_reasons_are_those_of_the_test_alone(experiment):
    figures = reasons_of(experiment)
    assert (figures.reasoned, figures.too_expensive, figures.declined) == (1, 1, 2)
    shown = Template(TABLE).render(Context({"figures": figures}))
    assert "1 of 2 declines came with a reason." in shown


def test_store_that_does_not_ask_pays_no_query(experiment, django_assert_num_queries):
    Store.objects.update(asks_why_declined=False)
    again = Experiment.objects.select_related("store").get(pk=experiment.pk)
    with django_assert_num_queries(0):
        assert reasons_of(again).reasoned == 0


def test_page_of_the_offer_counts_the_reasons(experiment):
    client = Client()
    client.force_login(factories.make_user(experiment.store, role="viewer"))
    offer = experiment.variants.get(key="treatment").widget.offer
    page = client.get(f"/offers/tea/{offer.key}/").text
    assert "Why shoppers declined" in page
    assert "1 of 2 declines came with a reason." in page
