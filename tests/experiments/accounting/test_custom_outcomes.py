"""What an order's lines leave in the outcomes by custom metrics, beside the same worked out one line at a time."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checkout_widgets.erasure import erase_visitor
from experiments.accounting import outcomes, rollups
from experiments.accounting.order_data import LineData, OrderData, RefundData
from experiments.accounting.orders import record_order
from experiments.accounting.rebuild import rebuild
from experiments.models import (
    ChosenMetric,
    CustomMetricDay,
    CustomOutcome,
    Exposure,
    Store,
    TouchedDay,
)
from tests import factories
from tests.examples import examples
from tests.experiments.accounting.outcomes_of_orders import expose, order, outcome_of
from tests.experiments.custom_metrics_of_tests import has_metric
from tests.factories import NOON

TEA, CUP, POT, GIFT = "tea", "cup", "pot", "gift"


def outcome(chosen: ChosenMetric, visitor_id: str = "v_1") -> tuple[int, ...] | None:
    """Orders, units, revenue, and refunds; None without a row."""
    columns = ("orders", "units", "revenue_minor", "refunded_minor")
    return CustomOutcome.objects.filter(chosen=chosen, visitor_id=visitor_id).values_list(*columns).first()


def test_outcome_is_of_the_metrics_products_alone(exposure):
    chosen = has_metric(exposure.experiment, TEA, POT)
    record_order(
        exposure.store,
        order("1", lines=(LineData(TEA, 2, 1050, discount_minor=100), LineData(CUP, 1, 990)), discount_minor=100),
    )
    record_order(exposure.store, order("2", lines=(LineData(CUP, 3, 990), LineData(POT, 1, 4000))))
    record_order(exposure.store, order("3", lines=(LineData(CUP, 1, 990),)))
    assert outcome(chosen) == (2, 3, 2 * 1050 - 100 + 4000, 0)


def test_outcome_without_any_of_its_products_has_no_row(exposure):
    chosen = has_metric(exposure.experiment, POT)
    record_order(exposure.store, order(lines=(LineData(TEA, 2, 1050),)))
    assert outcome(chosen) is None
    record_order(exposure.store, order(version=1, lines=(LineData(POT, 1, 4000),)))
    assert outcome(chosen) == (1, 1, 4000, 0)
    record_order(exposure.store, order(version=2, lines=(LineData(TEA, 1, 4000),)))
    assert outcome(chosen) is None


def test_outcome_has_its_part_of_a_discount_that_no_line_has(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    record_order(exposure.store, order(lines=(LineData(TEA, 1, 3000), LineData(CUP, 1, 6000)), discount_minor=1000))
    assert outcome(chosen) == (1, 1, round(8000 * 3000 / 9000), 0)


def test_outcome_refund_is_of_the_products_that_it_names(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    lines = (LineData(TEA, 2, 1000), LineData(CUP, 1, 3000))
    of_cup = RefundData("r1", 3000, NOON, ({"sku": CUP, "quantity": 1},))
    record_order(exposure.store, order(lines=lines, refunds=(of_cup,)))
    assert outcome(chosen) == (1, 2, 2000, 0)
    of_tea = RefundData("r2", 900, NOON, ({"sku": TEA, "quantity": 1},))
    record_order(exposure.store, order(version=1, lines=lines, refunds=(of_cup, of_tea)))
    assert outcome(chosen) == (1, 2, 2000, 900)
    of_both = RefundData("r3", 800, NOON, ({"sku": TEA, "quantity": 1}, {"sku": CUP, "quantity": 1}))
    record_order(exposure.store, order(version=2, lines=lines, refunds=(of_both,)))
    assert outcome(chosen) == (1, 2, 2000, 200)  # 1,000 of 4,000


@pytest.mark.parametrize("named", [(), ({"sku": "gone", "quantity": 1},), ({"sku": TEA, "quantity": "one"},)])
def test_outcome_refund_that_names_nothing_is_of_all_goods_in_proportion(exposure, named):
    chosen = has_metric(exposure.experiment, TEA)
    lines = (LineData(TEA, 1, 1000), LineData(CUP, 1, 3000))
    record_order(exposure.store, order(lines=lines, refunds=(RefundData("r1", 1000, NOON, named),)))
    assert outcome(chosen) == (1, 1, 1000, 250)


def test_outcome_refund_of_shipping_too_is_cut_as_revenue_is(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    lines = (LineData(TEA, 1, 1000), LineData(CUP, 1, 3000))
    record_order(exposure.store, order(lines=lines, refunds=(RefundData("r1", 4490, NOON),)))
    assert outcome(chosen) == (1, 1, 1000, 1000)
    assert outcome_of(exposure)[2] == 4000


def test_outcome_moves_with_an_exposure_and_ends_with_its_visitor(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    record_order(exposure.store, order())
    assert outcome(chosen) == (1, 1, 1000, 0)
    rollups.refresh_touched()
    assert CustomMetricDay.objects.filter(chosen=chosen, dimension="").count() == 1
    erase_visitor(exposure.store, "v_1", actor="ada")
    assert not CustomOutcome.objects.exists()
    rollups.refresh_touched()
    assert not CustomMetricDay.objects.exists()


def test_outcomes_of_a_draft_or_another_stores_test_are_none(exposure):
    draft = has_metric(exposure.experiment, TEA)
    ChosenMetric.objects.update(fixed_at=None)
    other = factories.make_exposure(factories.make_experiment().variants.get(key="treatment"), visitor_id="v_1")
    foreign = has_metric(other.experiment, TEA)
    record_order(exposure.store, order())
    assert outcome(draft) is None
    assert outcome(foreign) is None


def test_change_of_an_outcome_alone_touches_its_day(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    record_order(exposure.store, order())
    rollups.refresh_touched()
    before = outcome_of(exposure)
    record_order(exposure.store, order(version=1, lines=(LineData(CUP, 1, 1000),)))
    assert outcome_of(exposure) == before
    assert outcome(chosen) is None
    assert list(TouchedDay.objects.values_list("day", flat=True).distinct()) == [NOON.date()]


def test_refresh_of_custom_days_writes_only_what_differs(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    record_order(exposure.store, order())
    day = NOON.date()
    assert rollups.refresh_days(exposure.experiment_id, [day]).rows == 2  # of everybody: all outcomes, and the metric
    assert rollups.refresh_days(exposure.experiment_id, [day]) == rollups.Refreshed(rows=0, wrong=0)
    CustomMetricDay.objects.filter(chosen=chosen).update(revenue=1)
    assert rollups.refresh_days(exposure.experiment_id, [day]) == rollups.Refreshed(rows=1, wrong=1)
    assert CustomMetricDay.objects.get(chosen=chosen).revenue == 1000


def test_rebuild_finds_outcomes_that_are_wrong_missing_or_left_over(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    for visitor_id in ("v_1", "v_2"):
        expose(exposure.variant, visitor_id)
        record_order(exposure.store, order(visitor_id, visitor_id))
    CustomOutcome.objects.filter(visitor_id="v_1").delete()
    CustomOutcome.objects.filter(visitor_id="v_2").update(units=7)
    CustomOutcome.objects.create(
        chosen=chosen, visitor_id="nobody", orders=1, units=1, revenue_minor=1, refunded_minor=0
    )
    assert rebuild(exposure.experiment).wrong_exposures == 3
    assert [outcome(chosen, name) for name in ("v_1", "v_2", "nobody")] == [(1, 1, 1000, 0), (1, 1, 1000, 0), None]
    assert rebuild(exposure.experiment).wrong == 0


LINE = st.builds(
    LineData,
    st.sampled_from([TEA, CUP, POT, GIFT]),
    st.integers(1, 9),
    st.integers(0, 50_000),
    discount_minor=st.integers(0, 900),
)
NAMED = st.lists(
    st.fixed_dictionaries({"sku": st.sampled_from([TEA, CUP, POT]), "quantity": st.integers(0, 5)}), max_size=3
)
REFUND = st.tuples(st.integers(0, 60_000), NAMED)


@st.composite
def orders(draw) -> OrderData:
    """An order with lines that may share products, a discount that lines may have, and refunds that may name some."""
    lines = tuple(draw(st.lists(LINE, min_size=1, max_size=4)))
    discount = sum(line.discount_minor for line in lines)
    refunds = [
        RefundData(f"r{number}", amount, NOON, tuple(named))
        for number, (amount, named) in enumerate(draw(st.lists(REFUND, max_size=3)))
    ]
    return order(
        draw(st.sampled_from("123")),
        version=draw(st.integers(0, 3)),
        lines=lines,
        discount_minor=draw(st.sampled_from([discount, discount, 0, 2 * discount])),
        tax_minor=draw(st.integers(0, 9_000)),
        refunds=tuple(refunds),
        status=draw(st.sampled_from(["paid", "paid", "on_hold", "cancelled"])),
    )


FREE_WITH_TAXED_SHIPPING = order("1", version=0, lines=(LineData(TEA, 1, 0),), tax_minor=1)


def rounded(value: Fraction) -> int:
    """As the database rounds: halves away from zero."""
    return int((Decimal(value.numerator) / value.denominator).quantize(Decimal(1), ROUND_HALF_UP))


def worth(lines) -> int:
    return sum(line.price_minor * line.quantity - line.discount_minor for line in lines)


def expected(data: OrderData, skus: set[str], *, has_tax: bool) -> tuple[int, int, int, int] | None:
    """An order's part of a metric, by definition; None where it has none of its products."""
    chosen = [line for line in data.lines if line.sku in skus]
    if not chosen or data.status == "cancelled":
        return None
    goods = sum(line.price_minor * line.quantity for line in data.lines) - data.discount_minor
    if worth(data.lines) > 0:
        share = Fraction(worth(chosen), worth(data.lines))
    else:
        share = Fraction(sum(line.quantity for line in chosen), sum(line.quantity for line in data.lines))
    net = worth(chosen) if worth(data.lines) == goods else rounded(goods * share)
    total = sum(refund.amount_minor for refund in data.refunds)
    of_metric = sum(
        (refund.amount_minor * named_share(refund, data, skus, share) for refund in data.refunds), Fraction()
    )
    refunded = 0
    if total:
        refunded = max(min(rounded(of_metric * min(total, max(goods, 0)) / total), net), 0)
    tax = refunded_tax = 0
    if has_tax and goods > 0:
        tax, refunded_tax = (rounded(Fraction(data.tax_minor * part, goods)) for part in (net, refunded))
    elif has_tax:
        tax = rounded(data.tax_minor * share)
    return 1, sum(line.quantity for line in chosen), net + tax, refunded + refunded_tax


def named_share(refund: RefundData, data: OrderData, skus: set[str], share: Fraction) -> Fraction:
    """The metric's share of what a refund names, by what was paid for each piece; of all goods where it names none."""
    value = of_metric = Fraction()
    for row in refund.lines:
        lines = [line for line in data.lines if line.sku == row["sku"]]
        if lines:
            amount = Fraction(worth(lines), sum(line.quantity for line in lines)) * row["quantity"]
            value += amount
            of_metric += amount if row["sku"] in skus else 0
    return of_metric / value if value > 0 else share


@pytest.mark.slow
@pytest.mark.django_db
@examples(25)
@example(arriving=[FREE_WITH_TAXED_SHIPPING], has_tax=True, refresh=0)
@given(
    # of two versions of one time, which one is newer nobody can say
    arriving=st.lists(orders(), max_size=5, unique_by=lambda data: (data.external_id, data.updated_at)),
    has_tax=st.booleans(),
    refresh=st.integers(0, 5),
)
def test_outcomes_equal_plain_recomputation_and_a_metric_of_everything_has_what_revenue_has(arriving, has_tax, refresh):
    store = factories.make_store(is_tax_revenue=has_tax)
    variant = factories.make_experiment(store).variants.get(key="treatment")
    exposure = factories.make_exposure(variant, visitor_id="v_1")
    some, all_of_it = has_metric(variant.experiment, TEA, POT), has_metric(variant.experiment, TEA, CUP, POT, GIFT)
    newest: dict[str, OrderData] = {}
    for number, data in enumerate(arriving):
        record_order(store, data)
        known = newest.get(data.external_id)
        if known is None or known.updated_at < data.updated_at:
            newest[data.external_id] = data
        if number == refresh:
            rollups.refresh_touched()
    assert outcome(some) == pytest.approx(total(newest.values(), {TEA, POT}, has_tax=has_tax), abs=1)
    orders_of_all, _, revenue, refunded = outcome(all_of_it) or (0, 0, 0, 0)
    assert (orders_of_all, revenue, refunded) == outcome_of(exposure)[:3]
    rollups.refresh_touched()
    assert rebuild(variant.experiment).wrong == 0


def total(newest, skus: set[str], *, has_tax: bool) -> tuple[int, ...] | None:
    parts = [expected(data, skus, has_tax=has_tax) for data in newest]
    counted = [part for part in parts if part is not None]
    if not counted:
        return None
    return tuple(map(sum, zip(*counted, strict=True)))


def test_recompute_store_fills_the_outcomes_of_all_its_visitors(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    record_order(exposure.store, order(tax_minor=190))
    assert outcome(chosen) == (1, 1, 1000, 0)
    Store.objects.filter(pk=exposure.store_id).update(is_tax_revenue=True)
    outcomes.recompute_store(exposure.store_id)
    assert outcome(chosen) == (1, 1, 1190, 0)


def test_earlier_exposure_moves_an_outcome_to_its_day(exposure):
    chosen = has_metric(exposure.experiment, TEA)
    record_order(exposure.store, order())
    rollups.refresh_touched()
    Exposure.objects.update(exposed_at=NOON - timedelta(days=1))
    rollups.refresh_touched()
    days = CustomMetricDay.objects.filter(chosen=chosen).values_list("day", flat=True)
    assert list(days) == [NOON.date() - timedelta(days=1)]
