"""What the overview says of offers."""

from datetime import UTC, datetime, timedelta

import pytest

from checkout_widgets.models import Product
from checkout_widgets.offer_days import refresh
from dashboard.overview.offers import OffersInBrief
from dashboard.overview.page import OverviewPage
from experiments.models import Status
from tests import factories
from tests.checkout_widgets.offer_days.sales import buy, report, take

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def test_offers_in_brief_compare_four_weeks_with_the_four_before():
    experiment = factories.make_live_experiment(factories.make_store(slug="tea"), key="cart")
    variant = experiment.variants.get(key="treatment")
    for days, sold in ((1, 2), (40, 1)):
        at = NOW - timedelta(days=days)
        for number in range(4):
            report(variant, "impression", at, f"v_{days}_{number}")
        for number in range(sold):
            buy(take(variant.widget.offer, variant, at, visitor_id=f"v_{days}_{number}"))
    refresh.refresh_all(NOW)
    brief = OffersInBrief(experiment.store, NOW)
    assert (brief.figures.net_minor, brief.before.net_minor, brief.revenue_change) == (1980, 990, 1.0)
    assert (brief.figures.take_rate, brief.before.take_rate) == (0.5, 0.25)
    assert brief.yesterday.net_minor == 1980
    assert brief.store_revenue == 2 * (990 + 3000)
    assert brief.share == pytest.approx(1980 / 7980)
    assert len(brief.weeks) == 8
    assert brief.needs == []


def test_paused_is_not_running_and_what_needs_somebody_is_said(client):
    store = factories.make_store(slug="tea")
    factories.make_live_experiment(store, key="cart", name="Stand")
    factories.make_live_experiment(store, key="paused", name="Mug", status=Status.PAUSED, moment="payment")
    Product.objects.update(stock=0)
    page = OverviewPage(store, NOW)
    assert (page.running, page.paused) == (1, 1)
    client.force_login(factories.make_user(store))
    text = client.get("/?store=tea").content.decode()
    assert "“Offer” is out of stock, so tests and rolled-out offers with it show nothing." in text
    assert "1 paused" in text
    assert "No offer was shown in the last 28 days." in text
