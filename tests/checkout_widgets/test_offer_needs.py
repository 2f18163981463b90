"""Which offers need somebody, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checkout_widgets.models import Product, ShownDay, SoldDay
from checkout_widgets.offer_days.figures import OfferFigures
from checkout_widgets.offer_needs import has_fallen, offer_needs
from experiments.models import Experiment, Status
from tests import factories

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def experiment() -> Experiment:
    return factories.make_live_experiment(factories.make_store(slug="tea"), key="cart")


def needs(experiment: Experiment) -> list[tuple[str, int | None]]:
    return [(need.why, need.days) for need in offer_needs(experiment.store, NOW)]


def sell(experiment: Experiment, days_ago: int, shown: int, bought: int) -> None:
    variant = experiment.variants.get(key="treatment")
    row: dict[str, Any] = {"store": experiment.store, "variant": variant, "offer": variant.widget.offer}
    row |= {"day": NOW.date() - timedelta(days=days_ago), "dimension": "", "value": ""}
    ShownDay.objects.create(**row, shown=shown, in_cart=0, declined=0, decided=0, decision_ms=0)
    money = {"revenue_minor": 0, "refunded_minor": 0, "cost_minor": 0, "unknown_costs": 0}
    SoldDay.objects.create(**row, taken=bought, bought=bought, **money)


@pytest.mark.django_db
def test_offer_that_sells_needs_nobody(experiment):
    assert needs(experiment) == []


@pytest.mark.django_db
def test_offer_out_of_stock_that_a_running_test_shows_needs_somebody(experiment):
    Product.objects.update(stock=0)
    assert needs(experiment) == [("out_of_stock", None)]
    Experiment.objects.update(status=Status.PAUSED)
    assert needs(experiment) == []


@pytest.mark.django_db
def test_offer_bought_a_third_less_often_needs_somebody(experiment):
    sell(experiment, 40, shown=1000, bought=100)
    sell(experiment, 10, shown=1000, bought=60)
    (need,) = offer_needs(experiment.store, NOW)
    assert (need.why, need.before, need.after) == ("fallen", 0.1, 0.06)


@pytest.mark.django_db
def test_winner_unchanged_for_longer_than_90_days_needs_somebody(experiment):
    experiment.status, experiment.decision = Status.CONCLUDED, "roll_out"
    experiment.rolled_out_variant = experiment.variants.get(key="treatment")
    experiment.ended_at = NOW - timedelta(days=90)
    experiment.save()
    assert needs(experiment) == []
    Experiment.objects.update(ended_at=NOW - timedelta(days=91))
    assert needs(experiment) == [("unchanged", 91)]


@pytest.mark.parametrize(
    ("before", "after", "is_fallen"),
    [
        ((1000, 100), (1000, 66), True),
        ((1000, 100), (1000, 67), False),
        ((100, 10), (100, 1), False),
        ((200, 20), (30, 2), False),
        ((0, 0), (1000, 1), False),
        ((1000, 100), (0, 0), False),
    ],
)
def test_fall_is_a_third_and_more_than_chance(before, after, is_fallen):
    figures = [OfferFigures(shown=shown, bought=bought) for shown, bought in (before, after)]
    assert has_fallen(*figures) is is_fallen
