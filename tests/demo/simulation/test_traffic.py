"""Simulated traffic has the effect that was asked for, and goes through the real functions."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Min, Sum

from checkout_widgets.models import Acceptance, ShownDay, SoldDay
from checkout_widgets.offer_days.refresh import refresh_all
from demo.simulation import CannotSimulate, SimulatedTraffic, SimulationResult, Wanted, simulate
from demo.simulation.companions import companions_of
from experiments.accounting.order_data import LineData
from experiments.assignment.allocation import WeightedVariant, choose_variant
from experiments.decisions.samples import matching_share
from experiments.models import DecisionDay, Experiment, Exposure, Order, OrderLine, Refund, Source, Store, WidgetEvent
from experiments.running import holdout
from experiments.snapshots import analyse
from tests import factories
from tests.factories import NOON

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

NOW = NOON + timedelta(days=30)


def experiment_with_history(**fields) -> Experiment:
    """A live experiment in a store with past orders of 40.00 to 60.00."""
    experiment = factories.make_experiment(**fields)
    for price_minor in (4000, 5000, 6000):
        factories.make_order(
            experiment.store, lines=[{"sku": f"sku-{price_minor}", "quantity": 1, "price_minor": price_minor}]
        )
    factories.make_order(
        experiment.store,
        lines=[
            {"sku": "main", "quantity": 2, "price_minor": 2000},
            {"sku": "extra", "quantity": 1, "price_minor": 800},
        ],
    )
    return experiment


def run(experiment: Experiment, *, visitors: int = 3_000, **wanted: Any) -> SimulationResult:
    return simulate(experiment, traffic(visitors), Wanted(**wanted), now=NOW)


def traffic(visitors: int) -> SimulatedTraffic:
    return SimulatedTraffic(visitors=visitors, days=10, seed=1)


def test_simulate_known_lift_is_found():
    experiment = experiment_with_history()
    result = run(experiment, visitors=8_000, aov_lift=0.2, conversion_lift=0.3)
    report = analyse(experiment, now=NOW)
    assert result.visitors == 8_000
    assert report.health.sample_ratio.p_value is not None
    assert report.health.sample_ratio.p_value > 1e-4
    aov, conversion = report.metric("aov", "treatment").main.lift, report.metric("conversion", "treatment").main.lift
    assert aov is not None
    assert aov.estimate == pytest.approx(0.2, abs=0.03)
    assert conversion is not None
    assert conversion.estimate == pytest.approx(0.3, abs=0.15)
    assert report.adjustment.is_used


def test_simulate_without_effect_finds_none():
    experiment = experiment_with_history()
    run(experiment, visitors=8_000)
    report = analyse(experiment, now=NOW)
    for metric, bound in (("aov", 0.03), ("conversion", 0.15)):
        lift = report.metric(metric, "treatment").main.lift
        assert lift is not None
        assert abs(lift.estimate) < bound
    assert not OrderLine.objects.filter(is_upsell=True).exists()


def test_simulate_negative_lift_lowers_the_order_value():
    experiment = experiment_with_history()
    run(experiment, visitors=5_000, aov_lift=-0.2)
    lift = analyse(experiment, now=NOW).metric("aov", "treatment").main.lift
    assert lift is not None
    assert lift.estimate == pytest.approx(-0.2, abs=0.04)


def test_simulate_uses_the_real_assignment_and_spreads_over_the_days():
    experiment = experiment_with_history()
    run(experiment)
    arms = [WeightedVariant("control", 1), WeightedVariant("treatment", 1)]
    exposures = list(Exposure.objects.select_related("variant"))
    assert len(exposures) == pytest.approx(3_000, abs=60)  # some skip
    for exposure in exposures:
        assert exposure.variant.key == choose_variant(experiment.salt, exposure.visitor_id, arms)
        assert NOW - timedelta(days=10) <= exposure.exposed_at <= NOW
    days = Counter(exposure.exposed_at.date() for exposure in exposures)
    assert len(days) == 11
    assert {exposure.device for exposure in exposures} == {"phone", "tablet", "desktop"}
    assert {exposure.customer_type for exposure in exposures} == {"new", "returning"}


@pytest.mark.parametrize("salt", ["salt-1", "salt-2", "salt-3"])
def test_simulate_offer_is_seen_and_sold_in_treatment_only(salt):
    experiment = experiment_with_history(salt=salt)
    run(experiment, aov_lift=0.05, upsells={"treatment": LineData("gift-wrap", 1, 700)})
    control = experiment.variants.get(key="control")
    assert set(WidgetEvent.objects.filter(variant=control).values_list("type", flat=True)) == {"exposure", "skipped"}
    assert set(WidgetEvent.objects.exclude(variant=control).values_list("type", flat=True)) == {
        "exposure",
        "skipped",
        "impression",
        "click",
        "accept",
        "decline",
        "view",
    }
    sold = OrderLine.objects.filter(is_upsell=True)
    assert set(sold.values_list("sku", "experiment_key")) == {("gift-wrap", experiment.key)}
    accepts = set(WidgetEvent.objects.filter(type="accept").values_list("visitor_id", flat=True))
    assert set(sold.values_list("order__visitor_id", flat=True)) <= accepts
    by_variant = dict(Exposure.objects.values_list("variant__key").annotate(Sum("upsell_minor")))
    assert by_variant["control"] == 0
    assert by_variant["treatment"] > 0


def test_simulate_orders_are_past_baskets_never_in_the_future_and_some_refunded():
    experiment = experiment_with_history()
    run(experiment)
    orders = Order.objects.filter(source="simulation").prefetch_related("lines", "refunds")
    assert {order.subtotal_minor for order in orders} == {4000, 5000, 6000, 4800}
    assert all(order.placed_at <= NOW and order.updated_at <= NOW for order in orders)
    refunded = [order for order in orders if order.refunds.all()]
    assert 0 < len(refunded) < 0.1 * len(orders)


def test_simulate_same_seed_makes_the_same_visitors():
    outcomes = []
    for number in range(2):
        experiment = experiment_with_history(key="same", salt="same")
        run(experiment, visitors=500, aov_lift=0.05)
        rows = Exposure.objects.filter(experiment=experiment).order_by("visitor_id")
        outcomes.append(list(rows.values_list("visitor_id", "variant__key", "exposed_at", "revenue_minor")))
        assert len(outcomes[number]) > 450
    assert outcomes[0] == outcomes[1]


def test_simulate_again_adds_other_visitors_and_breaks_nothing():
    experiment = experiment_with_history()
    run(experiment, visitors=400)
    before = list(Exposure.objects.order_by("visitor_id").values())
    run(experiment, visitors=400)
    assert Exposure.objects.count() == pytest.approx(800, abs=20)
    kept = Exposure.objects.filter(visitor_id__in=[row["visitor_id"] for row in before]).order_by("visitor_id")
    assert list(kept.values()) == before


def test_simulate_traffic_share_and_targeting_leave_others_out():
    experiment = experiment_with_history(traffic_share=0.5, targeting={"field": "device", "op": "is", "value": "phone"})
    run(experiment)
    assert set(Exposure.objects.values_list("device", flat=True)) == {"phone"}
    assert Exposure.objects.count() == pytest.approx(3_000 * 0.5 * 0.6, rel=0.15)


def test_simulate_experiment_has_started_by_its_first_exposure():
    experiment = experiment_with_history(started_at=NOW)
    run(experiment, visitors=100)
    experiment.refresh_from_db()
    assert experiment.started_at == Exposure.objects.aggregate(first=Min("exposed_at"))["first"]


def test_simulate_reports_progress_up_to_all():
    done: list[int] = []
    simulate(experiment_with_history(), traffic(5_500), Wanted(), now=NOW, on_progress=done.append)
    assert done == [5_000, 5_500]


def test_simulate_store_without_orders_says_what_to_do():
    with pytest.raises(CannotSimulate, match=r"no past orders in EUR.*load the demo data"):
        run(factories.make_experiment())


def test_simulate_does_not_draw_from_its_own_orders():
    experiment = factories.make_experiment()
    factories.make_order(experiment.store, source="simulation")
    with pytest.raises(CannotSimulate, match="no past orders"):
        run(experiment)


def test_simulate_imported_experiment_is_refused():
    with pytest.raises(CannotSimulate, match="is imported"):
        run(experiment_with_history(source=Source.IMPORTED))


def test_simulate_experiment_without_treatment_is_refused():
    experiment = experiment_with_history()
    experiment.variants.filter(is_control=False).delete()
    with pytest.raises(CannotSimulate, match="needs a control and a treatment"):
        run(experiment)


def test_simulate_holdout_counts_everybody_and_the_test_only_those_who_may_see_offers():
    experiment = experiment_with_history()
    Store.objects.update(holdout_share=0.2)
    experiment.store.refresh_from_db()
    held_out = holdout.sync_holdout(experiment.store, NOON)
    assert held_out is not None
    held_out.is_cap_awaited = False  # too few orders for a cap, and the figures are looked at all the same
    held_out.save()
    run(experiment, visitors=1_000, aov_lift=0.2)
    groups = Counter(Exposure.objects.for_experiment(held_out).values_list("variant__key", flat=True))
    assert 150 < groups["held-out"] < 250
    assert groups["offers"] == Exposure.objects.for_experiment(experiment).count()
    assert groups.total() > 980  # all but those who skipped
    assert (
        analyse(held_out, now=NOW).variants[0].upsell_minor == 0 < analyse(held_out, now=NOW).variants[1].upsell_minor
    )


def test_simulate_without_the_holdouts_experiment_leaves_the_held_out_out():
    experiment = experiment_with_history()
    Store.objects.update(holdout_share=0.5)
    experiment.store.refresh_from_db()
    run(experiment, visitors=400)
    assert 150 < Exposure.objects.count() < 250


def test_simulate_confirmation_is_reached_by_an_order_to_which_the_offer_is_added():
    experiment = experiment_with_history(moment="confirmation")
    run(experiment, visitors=600, aov_lift=0.1)
    counts = {variant.key: variant for variant in analyse(experiment, now=NOW).variants}
    assert counts["control"].buyers == counts["control"].visitors
    assert counts["treatment"].buyers == counts["treatment"].visitors
    assert counts["control"].accepted == 0 < counts["treatment"].accepted
    exposed = Exposure.objects.values("visitor_id")  # a few were skipped
    orders = Order.objects.filter(source="simulation", external_id__endswith="-1", visitor_id__in=exposed)
    first = orders.order_by("external_id")[0]
    assert Exposure.objects.get(visitor_id=first.visitor_id).exposed_at > first.placed_at


def test_simulate_targeting_knows_what_is_in_the_cart():
    experiment = experiment_with_history(targeting={"field": "skus", "op": "contains_any", "value": ["MAIN"]})
    run(experiment, visitors=800)
    assert 130 < Exposure.objects.count() < 270  # one of four past baskets


def test_simulate_counts_and_samples_what_was_decided():
    rules = {"field": "device", "op": "is", "value": "phone"}
    experiment = experiment_with_history(targeting=rules, traffic_share=0.5)
    run(experiment, visitors=1_000)
    counts = Counter[str]()
    for row in DecisionDay.objects.filter(store=experiment.store, moment="cart", experiment=experiment):
        counts[row.reason] += row.count
    assert counts.total() == 1_000
    assert counts["not_targeted"] == pytest.approx(400, abs=60)  # six in ten are on the phone
    assert counts["not_included"] == pytest.approx(counts["served"], abs=80)
    match = matching_share(experiment.store, "cart", rules, now=NOW)
    assert match.total == pytest.approx(700, abs=110)  # seven of ten days, and the one that has just begun
    assert match.matched / match.total == pytest.approx(0.6, abs=0.06)


def test_simulate_counts_every_day_and_sells_what_was_accepted():
    experiment = experiment_with_history()
    factories.make_widget(experiment.variants.get(key="treatment"))
    run(experiment, visitors=1_000, aov_lift=0.2)
    accepted = WidgetEvent.objects.filter(type="accept").count()
    assert Acceptance.objects.count() == accepted > 0
    refresh_all(NOW)
    shown = ShownDay.objects.filter(dimension="")
    assert shown.aggregate(total=Sum("shown"))["total"] == WidgetEvent.objects.filter(type="impression").count()
    sold = SoldDay.objects.filter(dimension="").aggregate(taken=Sum("taken"), bought=Sum("bought"))
    assert sold["taken"] == accepted
    assert sold["bought"] == OrderLine.objects.exclude(acceptance_id=None).count() > 0


def test_simulate_says_how_long_widgets_are_in_view_and_answers_take():
    experiment = experiment_with_history()
    factories.make_widget(experiment.variants.get(key="treatment"))
    run(experiment, visitors=1_000, aov_lift=0.2)
    refresh_all(NOW)
    for dimension in ("", "device"):
        sums = ShownDay.objects.filter(dimension=dimension).aggregate(
            *map(Sum, ("shown", "viewed", "view_ms", "in_cart", "declined", "decided", "decision_ms"))
        )
        assert sums["viewed__sum"] == sums["shown__sum"] > 300
        assert sums["decided__sum"] == sums["in_cart__sum"] + sums["declined__sum"]
        # a median of five seconds, with the long tail of those who hesitate
        assert 4_000 < sums["view_ms__sum"] / sums["viewed__sum"] < 12_000
        assert 4_000 < sums["decision_ms__sum"] / sums["decided__sum"] < 15_000


def test_simulate_knows_what_goods_cost_where_the_catalog_does():
    experiment = experiment_with_history()
    factories.make_product(experiment.store, sku="sku-4000", price_minor=4_000, cost_minor=1_500)
    run(experiment, visitors=200)
    lines = OrderLine.objects.filter(order__source="simulation")
    assert set(lines.filter(sku="sku-4000").values_list("cost_minor", flat=True)) == {1_500}
    assert set(lines.exclude(sku="sku-4000").values_list("cost_minor", flat=True)) == {None}


def test_simulate_offers_a_second_step_to_who_took_the_first_and_counts_it_apart():
    experiment = experiment_with_history(moment="confirmation")
    treatment = experiment.variants.get(key="treatment")
    factories.make_widget(treatment)
    factories.make_next_widget(treatment)
    run(experiment, visitors=2_000, aov_lift=0.1, second_take_rate=0.4)
    refresh_all(NOW)
    first, second = (ShownDay.objects.filter(dimension="", step=step) for step in ("", "accepted"))
    sold = SoldDay.objects.filter(dimension="", step="accepted").aggregate(taken=Sum("taken"), bought=Sum("bought"))
    shown = second.aggregate(shown=Sum("shown"), in_cart=Sum("in_cart"), declined=Sum("declined"))
    assert shown["shown"] == first.aggregate(total=Sum("in_cart"))["total"] > 150
    assert shown["in_cart"] == sold["taken"] == sold["bought"] == Acceptance.objects.filter(step="accepted").count()
    assert shown["declined"] == shown["shown"] - shown["in_cart"]
    assert shown["in_cart"] / shown["shown"] == pytest.approx(0.4, abs=0.12)
    of_second = OrderLine.objects.filter(acceptance_id__in=Acceptance.objects.filter(step="accepted").values("jti"))
    assert set(of_second.values_list("price_minor", "experiment_key")) == {
        (treatment.next_widgets.get().offer.price_minor, experiment.key)
    }


@pytest.mark.parametrize(("weeks", "least", "most"), [(1, 1, 6), (3, 3, 18)])
def test_simulate_pays_back_within_so_many_weeks(weeks, least, most):
    experiment = experiment_with_history()
    simulate(
        experiment,
        SimulatedTraffic(visitors=1_500, days=28, seed=3),
        Wanted(refund_share=0.5, refund_weeks=weeks),
        now=NOW,
    )
    waits = [refund.refunded_at - refund.order.placed_at for refund in Refund.objects.select_related("order")]
    days = [wait / timedelta(days=1) for wait in waits]
    assert len(days) > 50
    assert least <= min(days) < least + weeks
    assert most - weeks < max(days) <= most


def test_simulate_with_companions_lets_a_visit_go_on_in_another_test():
    first = experiment_with_history()
    second = factories.make_experiment(first.store, key="second")
    run(first, visitors=1_500)
    shared = companions_of(first, displaced_share=0.4, before=NOW)
    seen = {one.visitor_id: one for one in Exposure.objects.filter(experiment=first).select_related("variant")}
    kept = Counter(seen[one.visitor_id].variant.key for one in shared)
    everybody = Counter(one.variant.key for one in seen.values())
    # all of control's, but for who would come after the end, and six of ten of the treatment's
    assert kept["control"] >= everybody["control"] - 5
    assert 0.5 < kept["treatment"] / everybody["treatment"] < 0.7
    orders = Order.objects.filter(store=first.store).count()
    simulate(second, SimulatedTraffic(visitors=len(shared), days=10, seed=2, companions=shared), Wanted(), now=NOW)
    again = Exposure.objects.filter(experiment=second)
    # but for the few whose offer is skipped
    assert 0.98 * len(shared) < again.count() <= len(shared)
    for one in again:
        assert one.exposed_at > seen[one.visitor_id].exposed_at
    # the same visit, and so the same order
    assert Order.objects.filter(store=first.store).count() == orders
