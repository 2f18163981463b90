"""Stored figures of customers, against a count in plain Python over the orders."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from checkout_widgets.customer_figures.document import Figures
from checkout_widgets.customer_figures.people import HORIZONS
from checkout_widgets.customer_figures.refresh import figures_of, refresh_figures
from checkout_widgets.models import CustomerFigures
from experiments.models import Order, Refund, Store
from tests import factories

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
LAST_DAYS = {"UTC": date(2026, 11, 29), "America/Los_Angeles": date(2026, 11, 28)}  # there it is the 29th still
pytestmark = pytest.mark.django_db
CATEGORIES = {"tea": "Drinks", "beans": "Drinks", "cup": "Cups", "post": None}


def fill(store: Store, customers: int, seed: int = 1) -> None:
    """Draw orders of all kinds: some don't count, some name nobody, some are paid back in part."""
    rng = random.Random(seed)
    for sku, category in CATEGORIES.items():
        if category is not None:
            factories.make_product(store, sku=sku, category=category)
    for number in range(customers):
        at = NOW - timedelta(days=rng.uniform(0, 500))
        for order in range(rng.choice((1, 1, 2, 3, 6))):
            if at > NOW + timedelta(days=1):
                break
            skus = rng.sample(sorted(CATEGORIES), rng.choice((1, 2, 3)))
            placed = factories.make_order(
                store,
                external_id=f"{number}-{order}",
                customer_key=rng.choice((f"i_{number}", f"i_{number}", f"i_{number}", "")),
                placed_at=at,
                updated_at=at,
                status=rng.choice(("paid", "paid", "paid", "on_hold", "cancelled", "pending")),
                source=rng.choice(("api", "api", "api", "import", "snippet")),
                repeat_kind=rng.choice(("", "", "", "renewal", "copy")),
                currency=rng.choice((store.currency, store.currency, store.currency, "CHF")),
                discount_minor=rng.choice((0, 0, 150)),
                lines=[
                    {"sku": sku, "quantity": rng.choice((1, 2)), "price_minor": rng.randint(300, 3_000)} for sku in skus
                ],
            )
            if rng.random() < 0.2:
                amount = rng.choice((100, 50_000))
                Refund.objects.create(order=placed, external_id="r", amount_minor=amount, refunded_at=at)
            at += timedelta(days=rng.choice((0.1, 3, 25, 60, 200)))


def purchases(store: Store) -> dict[str, dict[date, tuple[int, int]]]:
    """By customer and day: net revenue, and how many categories the day's first order has."""
    zone = ZoneInfo(store.timezone)
    found: dict[str, dict[date, tuple[int, int]]] = defaultdict(dict)
    for order in Order.objects.filter(store=store).order_by("placed_at", "pk").prefetch_related("lines", "refunds"):
        day = order.placed_at.astimezone(zone).date()
        counts = order.status in ("paid", "on_hold") and order.currency == store.currency
        counts = counts and order.source != "snippet" and order.repeat_kind != "copy"
        if not counts or not order.customer_key or day > LAST_DAYS[store.timezone]:
            continue
        goods = sum(line.price_minor * line.quantity for line in order.lines.all()) - order.discount_minor
        back = min(sum(refund.amount_minor for refund in order.refunds.all()), max(goods, 0))
        categories = {CATEGORIES[line.sku] for line in order.lines.all()} - {None}
        revenue, first = found[order.customer_key].get(day, (0, len(categories)))
        found[order.customer_key][day] = (revenue + goods - back, first)
    return found


def horizon_by_hand(
    people: list[dict[date, tuple[int, int]]], days: int, *, before: int, last_day: date
) -> tuple[int, int, int, int]:
    customers = again = active = revenue = 0
    for own in people:
        first = min(own)
        if first + timedelta(days=days) > last_day:
            continue
        gaps = [(day - first).days for day in own]
        customers += 1
        again += any(0 < gap <= days for gap in gaps)
        active += any(before < gap <= days for gap in gaps)
        revenue += sum(value for day, (value, _) in own.items() if (day - first).days <= days)
    return customers, again, active, revenue


def check_horizons(horizons, people, last_day):
    before = 0
    for horizon in horizons:
        assert horizon.days in HORIZONS
        counted = (horizon.customers, horizon.again, horizon.active, horizon.revenue_minor)
        assert counted == horizon_by_hand(people, horizon.days, before=before, last_day=last_day)
        before = horizon.days


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_figures_are_what_a_count_in_plain_python_finds(zone):
    store = factories.make_store(timezone=zone, unsigned_orders="never")
    fill(store, 250)
    fill(factories.make_store(), 20, seed=2)  # another store's, which is in none of it
    figures = figures_of(store, NOW)
    people = list(purchases(store).values())
    assert len(people) > 80
    assert figures.customers == len(people)
    assert figures.last_day == LAST_DAYS[zone]
    assert figures.repeat_customers == sum(len(own) > 1 for own in people)
    by_month = defaultdict(list)
    for own in people:
        by_month[min(own).replace(day=1)].append(own)
    assert [cohort.month for cohort in figures.cohorts] == sorted(by_month)
    for cohort in figures.cohorts:
        mine = by_month[cohort.month]
        assert cohort.customers == len(mine)
        assert cohort.revenue_minor == sum(value for own in mine for value, _ in own.values())
        check_horizons(cohort.horizons, mine, LAST_DAYS[zone])
    for breadth in figures.breadths:
        mine = [own for own in people if own[min(own)][1] > 0 and (own[min(own)][1] > 1) == breadth.is_several]
        assert breadth.customers == len(mine) > 20
        check_horizons(breadth.horizons, mine, LAST_DAYS[zone])


def test_refresh_stores_what_is_read_again_and_replaces_it():
    store = factories.make_store()
    fill(store, 30)
    figures = refresh_figures(store, NOW)
    stored = CustomerFigures.objects.get(store=store)
    assert stored.counted_at == NOW
    assert msgspec.convert(stored.figures, Figures) == figures == figures_of(store, NOW)
    Order.objects.filter(store=store).delete()
    assert refresh_figures(store, NOW).customers == 0
    assert CustomerFigures.objects.get(store=store).figures["cohorts"] == []


def test_merged_customers_count_as_one():
    store = factories.make_store()
    for number, key in enumerate(("i_1", "a_" + "0" * 32)):
        factories.make_order(
            store, external_id=str(number), customer_key=key, placed_at=NOW - timedelta(days=90 - number)
        )
    assert figures_of(store, NOW).customers == 2
    Order.objects.filter(store=store).update(customer_key="i_1")  # what merging does
    figures = figures_of(store, NOW)
    assert (figures.customers, figures.repeat_customers) == (1, 1)
