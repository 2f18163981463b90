"""What the weekly digest says of offers."""

from datetime import UTC, datetime, timedelta

import pytest

from checkout_widgets.offer_days import refresh
from dashboard.offers.digest import offers_section
from experiments.notifications import mail
from tests import factories
from tests.checkout_widgets.offer_days.sales import buy, report, take

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def test_digest_compares_the_last_week_with_the_one_before():
    experiment = factories.make_live_experiment(factories.make_store(slug="tea"), key="cart")
    variant = experiment.variants.get(key="treatment")
    for days, visitors in ((2, 4), (9, 2), (20, 1)):
        at = NOW - timedelta(days=days)
        for number in range(visitors):
            report(variant, "impression", at, f"v_{days}_{number}")
        report(variant, "decline", at + timedelta(seconds=3), f"v_{days}_0")
        report(variant, "view", at + timedelta(seconds=4), f"v_{days}_0", props={"ms": 2_600})
        buy(take(variant.widget.offer, variant, at))
    refresh.refresh_all(NOW)
    section = offers_section(experiment.store, NOW)
    text = mail.digest(experiment.store).text
    assert "Shown 4 times, accepted 1 (25.0%), bought 1. After refunds: €9.90." in text
    assert "In view for 2.6\N{NO-BREAK SPACE}s on average. Shoppers who answered took 3.0\N{NO-BREAK SPACE}s." in text
    assert "The week before: €9.90, accepted 50.0% of shown." in text
    assert "/offers/analytics/?store=tea&period=7" in text
    assert section is not None
    assert section.facts == [("Offer", "€9.90")]


def test_digest_of_a_store_without_offers_says_nothing_of_them():
    assert offers_section(factories.make_store(), NOW) is None
