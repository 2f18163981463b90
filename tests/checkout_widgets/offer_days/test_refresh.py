"""Kept days are what the raw rows come to, whatever is changed and in whichever order."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from checkout_widgets.erasure import erase_visitor
from checkout_widgets.models import Offer, SaleChange, ShownDay, ShownUntil, SoldDay
from checkout_widgets.offer_days import refresh
from checkout_widgets.offer_days.second_offers import second_offers
from experiments.accounting.retention import forget_events_before
from experiments.models import Experiment, Moment, OrderStatus, Refund, Store, Variant
from tests import factories
from tests.checkout_widgets.offer_days.sales import buy, raw_sales, raw_times, raw_views, report, take

pytestmark = pytest.mark.django_db
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=3)


@pytest.fixture
def variant() -> Variant:
    experiment = factories.make_live_experiment(factories.make_store(timezone="Pacific/Auckland"), key="cart")
    return experiment.variants.get(key="treatment")


@pytest.fixture
def store(variant) -> Store:
    store: Store = variant.experiment.store
    return store


@pytest.fixture
def offer(variant) -> Offer:
    offer: Offer = variant.widget.offer
    return offer


def refresh_all() -> None:
    refresh.refresh_all(datetime.now(UTC))


def kept_views(store: Store, dimension: str = "") -> dict[tuple[date, int, str], tuple[int, ...]]:
    days = ShownDay.objects.filter(store=store, dimension=dimension)
    found = {(day.day, day.variant_id, day.value): (day.shown, day.in_cart, day.declined) for day in days}
    return {key: row for key, row in found.items() if any(row)}


def kept_times(store: Store, dimension: str = "") -> dict[tuple[date, int, str], tuple[int, ...]]:
    days = ShownDay.objects.filter(store=store, dimension=dimension)
    found: dict[tuple[date, int, str], tuple[int, ...]] = {}
    for day in days:
        times = (day.decided, day.decision_ms, day.viewed, day.view_ms)
        if any(times):
            found[day.day, day.variant_id, day.value] = times
    return found


def kept_sales(store: Store, dimension: str = "") -> dict[tuple[date, int, str], tuple[int, ...]]:
    days = SoldDay.objects.filter(store=store, dimension=dimension)
    return {
        (day.day, day.offer_id, day.value): (
            day.taken,
            day.bought,
            day.revenue_minor,
            day.refunded_minor,
            day.cost_minor,
        )
        for day in days
    }


def test_views_are_counted_on_the_stores_days(variant, store):
    """Noon of UTC is after midnight in Auckland."""
    report(variant, "impression", NOON)
    report(variant, "accept", NOON + timedelta(seconds=5))
    refresh_all()
    day = ShownDay.objects.get(store=store, dimension="")
    assert day.day == NOON.date() + timedelta(days=1)
    assert (day.shown, day.in_cart, day.offer) == (1, 1, variant.widget.offer)


def test_views_of_a_rolled_out_winner_are_counted_without_a_test(variant, store):
    report(variant, "impression", NOON, is_rollout=True)
    refresh_all()
    assert ShownDay.objects.get(store=store, dimension="").variant == variant


def test_time_to_the_answer_is_from_the_impression_to_the_click_or_decline(variant, store):
    report(variant, "impression", NOON)
    report(variant, "click", NOON + timedelta(seconds=4), props={"target": "terms"})
    report(variant, "click", NOON + timedelta(seconds=7), props={"target": "accept"})
    report(variant, "accept", NOON + timedelta(seconds=8))
    report(variant, "impression", NOON, "v_2")
    report(variant, "decline", NOON + timedelta(hours=1), "v_2")
    refresh_all()
    day = ShownDay.objects.get(store=store, dimension="")
    assert (day.decided, day.decision_ms) == (2, 7_000 + 600_000)


def test_time_in_view_adds_up_the_pieces_of_an_impression(variant, store):
    """A page tells a piece whenever it is hidden; two of three impressions have any, and each piece is bounded."""
    for seconds, kind, ms in (
        (0, "impression", None), (9, "view", 4_000), (30, "view", 500),
        (60, "impression", None), (90, "view", 10**9 - 1), (200, "impression", None),
    ):  # fmt: skip
        report(variant, kind, NOON + timedelta(seconds=seconds), props={} if ms is None else {"ms": ms})
    refresh_all()
    day = ShownDay.objects.get(store=store, dimension="")
    assert (day.shown, day.viewed, day.view_ms) == (3, 2, 4_000 + 500 + 600_000)


@pytest.mark.parametrize("ms", [None, -1, 1.5, "soon", [], 10**12, True])
def test_time_in_view_that_no_snippet_sends_is_left_out(variant, store, ms):
    report(variant, "impression", NOON)
    report(variant, "view", NOON + timedelta(seconds=4), props={"ms": ms})
    report(variant, "view", NOON + timedelta(seconds=5), props={"ms": 900})
    report(variant, "view", NOON + timedelta(seconds=5), "v_2", props={"ms": 900})
    refresh_all()
    day = ShownDay.objects.get(store=store, dimension="")
    assert (day.shown, day.viewed, day.view_ms) == (1, 1, 900)


def test_view_between_impression_and_answer_leaves_the_time_to_the_answer_alone(variant, store):
    report(variant, "impression", NOON)
    report(variant, "view", NOON + timedelta(seconds=2), props={"ms": 2_000})
    report(variant, "decline", NOON + timedelta(seconds=7))
    refresh_all()
    assert ShownDay.objects.get(store=store, dimension="").decision_ms == 7_000


def test_views_of_automated_browsers_are_left_out_unless_the_store_counts_them(variant, store):
    factories.make_exposure(variant, visitor_id="v_1", is_automated=True)
    report(variant, "impression", NOON)
    report(variant, "impression", NOON, "v_2")
    refresh_all()
    assert ShownDay.objects.get(dimension="").shown == 1
    store.is_automation_counted = True
    store.save()
    refresh_all()
    assert ShownDay.objects.get(dimension="").shown == 2


def test_views_that_arrive_two_days_late_are_counted_on_their_day(variant, store):
    # Two days ago, whatever the hour: what is sent again later than that isn't taken.
    two_days_ago = NOON + timedelta(days=1)
    report(variant, "impression", two_days_ago)
    refresh_all()
    report(variant, "impression", two_days_ago, "v_2", received_at=datetime.now(UTC))
    refresh_all()
    assert ShownDay.objects.get(dimension="").shown == 2


def test_another_stores_variant_that_a_browser_made_up_is_not_counted(variant):
    stranger = factories.make_live_experiment()
    event = report(stranger.variants.get(key="treatment"), "impression", NOON, is_rollout=True)
    event.props["offerlift"] = {"rollout": variant.pk, "about": "nothing"}
    event.save()
    report(stranger.variants.get(key="treatment"), "impression", NOON)
    refresh_all()
    assert [day.store_id for day in ShownDay.objects.all()] == [stranger.store_id] * 2


@pytest.mark.parametrize(
    "noted", [None, [], {"rollout": "x"}, {"rollout": 10**30}, {"about": [1]}, {"about": {"a": {}}}]
)
def test_notes_of_another_form_stop_no_count(variant, store, noted):
    event = report(variant, "impression", NOON)
    event.props["offerlift"] = noted
    event.save()
    refresh_all()
    assert ShownDay.objects.get(store=store, dimension="").shown == 1


def test_counted_views_stay_when_their_events_are_deleted_for_their_age(variant, store):
    report(variant, "impression", NOON)
    refresh_all()
    forget_events_before(store.pk, datetime.now(UTC))
    store.retention_days = 1
    store.save()
    ShownUntil.objects.update(at=NOON)
    refresh_all()
    assert ShownDay.objects.get(dimension="").shown == 1


def test_erased_visitor_is_in_no_count_of_views(variant, store):
    report(variant, "impression", NOON)
    report(variant, "impression", NOON, "v_2")
    refresh_all()
    erase_visitor(store, "v_1", actor="editor")
    assert ShownDay.objects.get(dimension="").shown == 1


def test_sales_follow_each_change_of_their_order(variant, store, offer):
    order = buy(take(offer, variant, NOON), cost_minor=400, discount_minor=90)
    refresh_all()
    assert set(kept_sales(store).values()) == {(1, 1, 900, 0, 400)}
    Refund.objects.create(order=order, external_id="1", amount_minor=1945, refunded_at=NOON)
    refresh_all()
    # half of the goods, 3,990 in all, of which the order's own discount is nothing
    assert set(kept_sales(store).values()) == {(1, 1, 900, round(1945 * 900 / 3990), 400)}
    order.refunds.all().delete()
    order.status = OrderStatus.CANCELLED
    order.save()
    refresh_all()
    assert set(kept_sales(store).values()) == {(1, 0, 0, 0, 0)}


def test_refund_that_names_a_product_pays_back_that_product_alone(variant, store, offer):
    taken = take(offer, variant, NOON)
    order = buy(taken)
    Refund.objects.create(
        order=order, external_id="1", amount_minor=3000, refunded_at=NOON, lines=[{"sku": "other", "quantity": 1}]
    )
    refresh_all()
    assert SoldDay.objects.get(dimension="").refunded_minor == 0
    sku = taken.lines[0]["sku"]
    Refund.objects.create(
        order=order, external_id="2", amount_minor=990, refunded_at=NOON, lines=[{"sku": sku, "quantity": 5}]
    )
    refresh_all()
    assert SoldDay.objects.get(dimension="").refunded_minor == 990


def test_line_without_a_cost_is_told(variant, store, offer):
    buy(take(offer, variant, NOON))
    refresh_all()
    assert SoldDay.objects.get(dimension="").unknown_costs == 1


def test_store_that_counts_otherwise_has_its_sales_added_up_again(variant, store, offer):
    buy(take(offer, variant, NOON), repeat_kind="renewal")
    refresh_all()
    assert SoldDay.objects.get(dimension="").bought == 0
    store.is_repeat_counted = True
    store.save()
    refresh_all()
    assert SoldDay.objects.get(dimension="").bought == 1


def test_orders_without_an_acceptance_note_nothing(store):
    order = factories.make_order(store)
    order.status = OrderStatus.CANCELLED
    order.save()
    Refund.objects.create(order=order, external_id="1", amount_minor=1, refunded_at=NOON)
    order.delete()
    assert not SaleChange.objects.exists()


@pytest.mark.slow
def test_days_equal_the_raw_rows_after_many_changes_in_any_order(variant, store, offer):
    """The bar: whatever a page shows is what a query on raw rows gives, by every dimension."""
    other = factories.make_live_experiment(store, key="payment", moment="payment").variants.get(key="treatment")
    random = Random(17)
    for number in range(60):
        shown, at = random.choice((variant, other)), NOON + timedelta(minutes=random.randrange(2000))
        visitor, about = f"v_{number}", {"device": random.choice(("phone", "desktop")), "channel": "email"}
        report(shown, "impression", at, visitor, about=about, is_rollout=number % 5 == 0)
        for piece in range(number % 4):
            told_at = at + timedelta(seconds=20 + 9 * piece)
            report(shown, "view", told_at, visitor, about=about, props={"ms": random.randrange(9_000)})
        if number % 3 == 0:
            report(shown, "decline", at + timedelta(seconds=3), visitor, about=about)
            continue
        report(shown, "click", at + timedelta(seconds=2), visitor, about=about, props={"target": "accept"})
        report(shown, "accept", at + timedelta(seconds=3), visitor, about=about)
        taken = take(shown.widget.offer, shown, at, visitor_id=visitor, about=about)
        if number % 4 == 0:
            report(shown, "decline", at + timedelta(seconds=9), visitor, about=about, props={"undone": True})
            continue
        order = buy(taken, cost_minor=random.choice((None, 300)), discount_minor=random.randrange(90))
        if number % 7 == 0:
            Refund.objects.create(order=order, external_id="1", amount_minor=random.randrange(4000), refunded_at=at)
        if number % 11 == 0:
            refresh.refresh_sales()
            order.lines.update(experiment_key="")
    refresh_all()
    for dimension in ("", "device", "channel"):
        assert kept_views(store, dimension) == raw_views(store, dimension=dimension)
        assert kept_times(store, dimension) == raw_times(store, dimension=dimension)
        assert kept_sales(store, dimension) == raw_sales(store, dimension=dimension)
    assert len(kept_views(store)) > 3
    assert not SaleChange.objects.exists()


def test_refresh_of_an_hour_without_news_asks_little(variant, store, django_assert_max_num_queries):
    report(variant, "impression", NOON)
    refresh_all()
    with django_assert_max_num_queries(11):
        refresh_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM checkout_widgets_shownuntil")
        assert cursor.fetchone() == (1,)


def test_second_offers_are_counted_as_their_own_offers_and_never_twice(store, variant, offer):
    Experiment.objects.filter(pk=variant.experiment_id).update(moment=Moment.CONFIRMATION)
    second = factories.make_next_widget(variant, "declined").offer
    noted = {"step": "declined", "about": {"device": "phone"}}
    for kind, after_s in (("impression", 0), ("decline", 2)):
        report(variant, kind, NOON + timedelta(seconds=after_s))
    for kind, after_s in (("impression", 3), ("click", 8), ("accept", 9)):
        event = report(variant, kind, NOON + timedelta(seconds=after_s), props={"target": "accept"})
        event.props["offerlift"] = noted
        event.save()
    buy(take(second, variant, NOON, step="declined"))
    refresh_all()
    shown = ShownDay.objects.filter(store=store, dimension="").order_by("step")
    assert [(day.step, day.offer_id, day.shown, day.in_cart, day.declined, day.decision_ms) for day in shown] == [
        ("", offer.pk, 1, 0, 1, 2000),
        ("declined", second.pk, 1, 1, 0, 5000),
    ]
    (sold,) = SoldDay.objects.filter(store=store, dimension="")
    assert (sold.step, sold.offer_id, sold.taken, sold.bought, sold.revenue_minor) == (
        "declined", second.pk, 1, 1, second.price_minor
    )  # fmt: skip
    (found,) = second_offers(Experiment.objects.get(pk=variant.experiment_id))
    assert (found.figures.shown, found.figures.in_cart, found.figures.bought) == (1, 1, 1)


def test_reasons_of_declines_are_the_last_word_of_each_visitor(variant, store):
    for seconds, visitor_id, reason in (
        (4, "v_1", "too_expensive"), (9, "v_1", "have_it"), (5, "v_2", "have_it"), (5, "v_3", "not_now"),
        (5, "v_4", "zz"), (5, "v_5", None), (5, "v_6", ["have_it"]),
    ):  # fmt: skip
        report(variant, "impression", NOON, visitor_id)
        report(variant, "decline", NOON + timedelta(seconds=3), visitor_id)
        report(variant, "reason", NOON + timedelta(seconds=seconds), visitor_id, props={"reason": reason})
    refresh_all()
    days = {day.dimension: day for day in ShownDay.objects.filter(store=store)}
    for day in days.values():
        assert (day.not_interested, day.too_expensive, day.have_it, day.not_now) == (0, 0, 2, 1)
        assert (day.shown, day.declined, day.decided) == (7, 7, 6)
    assert set(days) == {"", "device"}
