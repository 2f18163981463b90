"""The planner: what stands in for what nobody typed, what has to be typed, and what comes of it."""

from datetime import timedelta
from statistics import NormalDist

import pytest
from django.http import QueryDict

from dashboard.planner.form import PlannerForm
from dashboard.planner.page import PlannerPage
from dashboard.planner.views import defaults
from experiments.assignment.targeting import Context
from experiments.decisions import counts as decision_counts
from experiments.decisions import samples as decision_samples
from experiments.decisions.counts import Count, CountKey
from experiments.decisions.samples import Ranked, SampleGroup
from experiments.models import CustomMetric, Exposure, Moment, Store
from experiments.plan.learnt_prior import prior_figures
from experiments.statistics.priors.learning import default_prior, learn_prior
from experiments.statistics.priors.likelihood import EffectLikelihood
from experiments.statistics.priors.risk import leader_risk
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def page(store: Store, query: str = "") -> PlannerPage:
    form = PlannerForm(defaults() | QueryDict(query).dict(), store=store)
    assert form.is_valid(), form.errors
    return PlannerPage(form, store, NOON)


@pytest.fixture
def known_store(db) -> Store:
    """A store with a test at the cart: of 60 visitors in control, half order for 20.00."""
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    for number in range(60):
        factories.make_exposure(
            experiment.variants.get(key="control"),
            exposed_at=NOON,
            cart_value_minor=2_000,
            orders=number % 2,
            has_converted=bool(number % 2),
            revenue_minor=2_000 * (number % 2),
        )
    return store


def test_measured_figures_stand_in_for_what_is_empty(known_store):
    found = page(known_store)
    assert found.mean == 1_000
    assert found.sd == pytest.approx(1_000, rel=0.01)
    assert found.missing == []
    assert found.stand_ins["mean"] == "10.00"
    assert found.stand_ins["orders"] == "50.00"
    assert found.plan is not None


def test_typed_figures_win_in_the_stores_units():
    found = page(factories.make_store(currency="JPY"), "mean=1500&sd=6000&visitors=900&traffic=50")
    assert (found.mean, found.sd) == (1_500, 6_000)
    assert found.design is not None
    assert (found.design.visitors_per_day, found.design.traffic_share) == (900, 0.5)
    assert page(factories.make_store(currency="EUR"), "mean=4.21&sd=20").mean == pytest.approx(421)


def test_typed_value_scales_the_measured_spread(known_store):
    found = page(known_store, "mean=5")
    assert found.mean == 500
    assert found.sd == pytest.approx(500, rel=0.01)


def test_sample_is_that_of_the_textbook():
    """Conversion 5% to 6%, one look, 80% power: 8,158 per arm by the pooled z test (Fleiss, Levin, Paik 2003)."""
    found = page(factories.make_store(), "metric=conversion&mean=5&mde=20&looks=1")
    assert found.plan is not None
    assert found.plan.per_variant == 8_158


def test_sample_for_money_is_that_of_the_normal_approximation():
    found = page(factories.make_store(), "mean=10&sd=30&mde=5&looks=1&visitors=1000")
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)
    assert found.plan is not None
    variances = 30**2 + (30 * 1.05) ** 2  # the treatment's values spread as they grow
    assert found.plan.per_variant == pytest.approx(z**2 * variances / 0.5**2, abs=1)
    assert found.plan.days == 119  # 118,818 visitors are 16.97 weeks


def test_playbook_says_how_large_a_lift_to_look_for():
    store = factories.make_store()
    assert page(store, "what=exit_intent").form.lift == pytest.approx(0.035)
    idea = page(store, "what=cart-complementary-bundle")
    assert idea.form.moment == Moment.CART
    assert idea.form.lift == pytest.approx(0.16)
    assert page(store, "mde=7.5").form.lift == pytest.approx(0.075)
    assert page(store, "metric=conversion").form.lift == 0.05


def test_unknown_figures_are_named():
    store = factories.make_store()
    assert [one.field for one in page(store).missing] == ["mean", "sd"]
    assert [one.field for one in page(store, "metric=conversion").missing] == ["mean"]
    assert [one.field for one in page(store, "metric=aov&mean=50&sd=40").missing] == ["orders"]
    assert page(store, "metric=aov&mean=50&sd=40&orders=5").missing == []


@pytest.mark.slow
@pytest.mark.parametrize("refunded", [3_000, 5_000])
def test_loss_is_planned_by_its_size(known_store, refunded):
    Exposure.objects.filter(has_converted=True).update(refunded_minor=refunded)
    found = page(known_store)
    # half of the visitors get back 10.00, or 30.00, more than they paid
    loss = (refunded - 2_000) / 2
    assert found.mean == -loss
    assert found.sd == pytest.approx(loss, rel=0.01)
    assert found.missing == []
    # the spread is as large as the loss, so that it takes as many visitors as a gain of the same size does
    gain = page(known_store, f"mean={loss / 100}&sd={loss / 100}")
    assert found.plan is not None
    assert gain.plan is not None
    assert found.plan.per_variant == pytest.approx(gain.plan.per_variant, rel=0.05)
    # a typed value takes the measured spread along, which is no less than nothing
    assert page(known_store, "mean=20").sd == pytest.approx(2_000, rel=0.01)


def test_value_of_zero_is_said_to_be_zero_and_not_unknown(known_store):
    Exposure.objects.filter(has_converted=True).update(refunded_minor=2_000)
    (missing, *_others) = page(known_store).missing
    assert missing.field == "mean"
    assert missing.text.startswith("Enter the value that you expect. The measured value is zero")


def test_order_value_takes_visitors_by_how_many_of_them_order():
    store = factories.make_store()
    few, many = (page(store, f"metric=aov&mean=50&sd=40&orders={share}").plan for share in (5, 50))
    assert few is not None
    assert many is not None
    assert few.per_variant == pytest.approx(10 * many.per_variant, rel=0.001)


def test_rate_beyond_certainty_is_no_test():
    found = page(factories.make_store(), "metric=conversion&mean=90&mde=50")
    assert found.plan is None
    assert found.has_impossible_figures


@pytest.mark.slow
def test_cart_value_is_left_out_when_asked():
    store = factories.make_store()
    experiment = factories.make_experiment(store)
    for number in range(60):
        factories.make_exposure(
            experiment.variants.get(key="control"),
            exposed_at=NOON,
            cart_value_minor=1_000 * number,
            orders=1,
            has_converted=True,
            revenue_minor=1_000 * number + 500 * (number % 3),
        )
    used, left_out = page(store), page(store, "cuped=off")
    assert used.plan is not None
    assert left_out.plan is not None
    assert left_out.plan.per_variant == used.plan.without_cuped > used.plan.per_variant
    assert used.saved_by_cuped > 0.9


def test_curve_passes_the_planned_lift_at_the_planned_power():
    curve = page(factories.make_store(), "mean=10&sd=30&looks=1").curve
    assert curve is not None
    assert (curve.x, curve.y) == (306, 34)  # half of what is right of the labels: 52 + 508 / 2
    assert "306.0,34.0" in curve.points


def test_weeks_find_smaller_lifts_the_more_they_are():
    reaches = page(factories.make_store(), "mean=10&sd=30&visitors=500").reaches
    assert [(one.weeks, one.per_variant) for one in reaches] == [(2, 3_500), (4, 7_000), (8, 14_000)]
    assert reaches[0].lift > reaches[1].lift > reaches[2].lift
    assert page(factories.make_store(), "mean=10&sd=30").reaches == []


@pytest.mark.slow
def test_reach_is_that_of_a_new_test_for_everybody_with_the_typed_share(known_store):
    assert page(known_store).reach is None
    yesterday = NOON - timedelta(days=1)
    decision_samples.add({SampleGroup(known_store.pk, "cart", yesterday.date()): [Ranked(0.5, Context())]})
    key = CountKey(known_store.pk, yesterday.date(), "cart", None, "no_experiment")
    decision_counts.add({key: Count(1_000, yesterday, yesterday)})
    reach = page(known_store, "&traffic=50").reach
    assert reach is not None
    assert reach.got.middle == pytest.approx(500)


def test_small_store_is_offered_a_decision_by_expected_cost_with_its_risk():
    """60 visitors a day, 5% of whom buy for 40.00 and up: a lift of 3% would take years."""
    found = page(factories.make_store(), "mean=2&sd=12&visitors=60&mde=3")
    assert found.plan is not None
    assert found.plan.is_too_long
    decision = found.cost_decision
    assert decision is not None
    assert (decision.per_variant, decision.days, decision.past_tests) == (60 * 56 // 2, 56, 0)
    expected = leader_risk(default_prior(), 6 * (2 / 1_680) ** 0.5)  # the error of a ratio of two means
    assert (decision.chance_worse, decision.average_loss) == (expected.chance_worse, expected.average_loss)
    assert 0.2 < decision.chance_worse < 0.5
    assert "planned_sample=1680&planned_days=56" in found.decide_by_cost_url


def test_large_store_is_offered_none():
    found = page(factories.make_store(), "mean=2&sd=12&visitors=60000&mde=10")
    assert (found.cost_decision, found.decide_by_cost_url) == (None, "")


def test_decision_by_expected_cost_goes_by_what_the_stores_tests_learned():
    store = factories.make_store()
    figures = prior_figures({"rpv": learn_prior([EffectLikelihood(0.3, 0.02)] * 9)}, NOON)
    factories.make_experiment(store, learnt_prior=figures)
    decision = page(store, "mean=2&sd=12&visitors=60&mde=3").cost_decision
    assert decision is not None
    assert decision.past_tests == 9


@pytest.mark.slow
def test_plan_for_a_custom_metric_starts_from_its_products(known_store):
    metric = CustomMetric.objects.create(store=known_store, key="tea", name="Tea sold", counted="units", skus=["tea"])
    for exposure in Exposure.objects.filter(has_converted=True).order_by("visitor_id")[:10]:
        lines = [{"sku": "tea", "quantity": 2, "price_minor": 1_000}]
        factories.make_order(known_store, visitor_id=exposure.visitor_id, placed_at=NOON, lines=lines)
    found = page(known_store, f"metric={metric.code}")
    # 20 units of 60 visitors
    assert found.mean == pytest.approx(20 / 60)
    assert found.form.metric_name == "Tea sold"
    assert not found.missing
    assert found.plan is not None
    # A lift of units is planned like any other mean: the usual formula, values that spread as much wider as they are
    # larger, and 5% for the looks.
    z = NormalDist().inv_cdf(1 - 0.05 * 0.95 / 2) + NormalDist().inv_cdf(0.8)
    assert found.sd is not None
    assert found.mean is not None
    usual = 2 * (z * found.sd / (0.05 * found.mean)) ** 2
    assert found.plan.per_variant == pytest.approx(usual * (1 + 1.05**2) / 2 * 1.05, rel=0.01)


@pytest.mark.slow
def test_plan_for_an_archived_or_foreign_custom_metric_is_refused(known_store):
    other = CustomMetric.objects.create(store=factories.make_store(), key="tea", name="Tea", skus=["tea"])
    own = CustomMetric.objects.create(store=known_store, key="cup", name="Cups", skus=["cup"], archived_at=NOON)
    for metric in (other, own):
        form = PlannerForm(defaults() | {"metric": metric.code}, store=known_store)
        assert not form.is_valid()
        assert "metric" in form.errors


def test_planner_asks_for_the_value_of_a_custom_metric_that_nobody_knows():
    store = factories.make_store()
    metric = CustomMetric.objects.create(store=store, key="tea", name="Tea", counted="buyers", skus=["tea"])
    found = page(store, f"metric={metric.code}")
    assert [figure.field for figure in found.missing] == ["mean"]
    assert page(store, f"metric={metric.code}&mean=4&visitors=1000").plan is not None


@pytest.mark.slow
def test_plan_says_what_running_tests_leave_of_the_visitors_that_it_counts_on(known_store):
    for day in range(1, 9):
        then = NOON - timedelta(days=day)
        decision_samples.add({SampleGroup(known_store.pk, "cart", then.date()): [Ranked(0.5, Context())]})
        key = CountKey(known_store.pk, then.date(), "cart", None, "no_experiment")
        decision_counts.add({key: Count(700, then, then)})
    assert page(known_store, "&visitors=700").crowding is None
    found = page(known_store, "&visitors=7000&mde=2")
    crowding, plan = found.crowding, found.plan
    assert crowding is not None
    assert crowding.days is not None
    assert plan is not None
    assert plan.days is not None
    assert crowding.days % 7 == 0
    assert crowding.days > plan.days
