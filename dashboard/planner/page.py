"""The plan of a test: from the store's last four weeks and what was typed to visitors, days and power."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from math import ceil
from typing import TypeVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy

from checkout_widgets.launching.templates import templates
from checkout_widgets.reach.estimate import Reach, reach_of
from checkout_widgets.reach.words import visitors
from dashboard.planner.curve import Curve, power_curve
from dashboard.planner.form import PlannerForm
from experiments import money
from experiments.models import AssignmentUnit, Experiment, Metric, Store
from experiments.programme.cost_decisions import CostDecision, cost_decision, usual_effects
from experiments.programme.custom_baselines import custom_baseline
from experiments.programme.delays import days_to_wait
from experiments.programme.holdout_sizes import HoldoutSize, holdout_size, store_holdout_size
from experiments.programme.planning import (
    FEWEST_WEEKS,
    Baseline,
    Design,
    PlannedTest,
    baseline,
    detectable_lift,
    plan_test,
)
from experiments.reading.replica import read_late
from experiments.wording import lower_first

Figure = TypeVar("Figure", float, float | None)

WEEKS = (2, 4, 8)  # the shortest test, a usual one, and the longest before cookies are deleted
MOST = 0.8  # of the visitors: a tenth is the usual holdout's, and a range has two ends
UNKNOWN_VALUE = gettext_lazy("Enter the current value. This metric hasn't been measured at this moment yet.")
ZERO_VALUE = gettext_lazy("Enter the value that you expect. The measured value is zero, so there is no lift from it.")
UNKNOWN_SPREAD = gettext_lazy("Enter the standard deviation. It hasn't been measured at this moment yet.")
UNKNOWN_ORDERS = gettext_lazy(
    "Enter the share of visitors who order. Orders alone don't show how many visitors there were."
)


@dataclass(frozen=True)
class DetectableLift:
    """What a test of so many weeks could find at the store's traffic."""

    weeks: int
    per_variant: int
    lift: float


@dataclass(frozen=True)
class Crowding:
    """What running tests leave to a new one: its ``visitors`` a day in words, and the ``days`` of the plan with them,
    None where nobody is left."""

    visitors: str
    days: int | None


@dataclass(frozen=True)
class MissingFigure:
    """A figure that has to be typed: the form's field and why."""

    field: str
    text: str


@dataclass(frozen=True)
class PlannerPage:
    """A valid form's plan for one store."""

    form: PlannerForm
    store: Store
    now: datetime

    @cached_property
    def measured(self) -> Baseline:
        """The store's own figures."""
        custom = self.form.custom_metric
        if custom is not None:
            return read_late(partial(custom_baseline, custom, self.form.moment, now=self.now))
        return read_late(partial(baseline, self.store, self.form.moment, self.form.metric_chosen, now=self.now))

    @property
    def is_share(self) -> bool:
        """Whether the metric is a share, whose value says its spread."""
        return self.form.is_share

    @property
    def is_money(self) -> bool:
        """Whether the metric is in money."""
        return self.form.is_money

    @property
    def mean(self) -> float | None:
        """The metric now: as typed, else as measured."""
        return typed_or(self.form.in_unit("mean"), self.measured.mean)

    @property
    def sd(self) -> float | None:
        """Its spread: as typed; else as measured, in proportion where another value was typed. None for a share."""
        if self.is_share:
            return None
        # orders vary in proportion to their size, so a typed value takes the measured spread along
        typed, measured = self.form.in_unit("sd"), self.measured
        if typed is not None or measured.sd is None:
            return typed
        if not measured.mean:
            return measured.sd
        # of a loss, the margin perhaps: its size, since no spread is negative
        return measured.sd * abs((self.mean or 0) / measured.mean)

    @property
    def visitors_per_day(self) -> float | None:
        """Visitors at the moment: as typed, else as measured."""
        typed = self.form.cleaned_data["visitors"]
        if typed is None:
            return self.measured.visitors_per_day
        return float(typed)

    @property
    def is_per_order(self) -> bool:
        """Whether the spread is that of single orders, not of visitors."""
        is_typed = self.form.cleaned_data["sd"] is not None
        return self.form.metric_chosen == Metric.AOV and (is_typed or self.measured.source != "exposures")

    @property
    def orders_per_visitor(self) -> float | None:
        """How many of the visitors order: as typed, else as measured."""
        return typed_or(self.form.share("orders"), self.measured.orders_per_visitor)

    @property
    def missing(self) -> list[MissingFigure]:
        """What has to be typed before there can be a plan."""
        found = []
        if self.mean is None:
            found.append(MissingFigure("mean", str(UNKNOWN_VALUE)))
        elif not self.mean:
            found.append(MissingFigure("mean", str(ZERO_VALUE)))
        if not self.is_share and not self.sd:
            found.append(MissingFigure("sd", str(UNKNOWN_SPREAD)))
        if self.is_per_order and not self.orders_per_visitor:
            found.append(MissingFigure("orders", str(UNKNOWN_ORDERS)))
        return found

    @property
    def variance_reduction(self) -> float:
        """The share of variance that the cart's value takes away; 0 where it isn't used or known."""
        if self.is_share or self.form.cleaned_data["cuped"] != "on":
            return 0.0
        return self.measured.variance_reduction or 0.0

    @property
    def units_per_visitor(self) -> float:
        """Orders per visitor where the spread is that of orders, 1 where it is that of visitors."""
        if not self.is_per_order:
            return 1.0
        return self.orders_per_visitor or 1.0

    @cached_property
    def design(self) -> Design | None:
        """What is planned; None while something is missing."""
        if self.missing or self.mean is None:
            return None
        data = self.form.cleaned_data
        return Design(
            mean=self.mean,
            sd=self.sd,
            relative_mde=self.form.lift,
            treatments=data["treatments"],
            power=data["power"],
            looks=data["looks"],
            variance_reduction=self.variance_reduction,
            visitors_per_day=self.visitors_per_day,
            traffic_share=typed_or(self.form.share("traffic"), 1.0),
            units_per_visitor=self.units_per_visitor,
        )

    @cached_property
    def plan(self) -> PlannedTest | None:
        """What it takes; None while something is missing, or where the figures make no test."""
        if self.design is None:
            return None
        try:
            return plan_test(self.design)
        except ValueError:  # such as a rate that would rise above 100%
            return None

    @cached_property
    def reach(self) -> Reach | None:
        """What such a test would get of last week's requests, if it were for everybody and launched now; None of
        messages, which no page requests."""
        if self.is_of_customers:
            return None
        traffic_share = typed_or(self.form.share("traffic"), 1.0)
        return reach_of(Experiment(store=self.store, moment=self.form.moment, traffic_share=traffic_share), self.now)

    @property
    def crowding(self) -> Crowding | None:
        """What the tests that run now leave of the visitors that the plan counts on; None where they leave most."""
        if self.plan is None or self.design is None or self.reach is None or not self.reach.is_whole_week:
            return None
        left = self.reach.visitors_per_day
        expected = (self.design.visitors_per_day or 0.0) * self.design.traffic_share
        if left.high >= MOST * expected:
            return None
        days = None
        if left.middle:
            days = max(FEWEST_WEEKS, ceil(self.plan.total / left.middle / 7)) * 7
        return Crowding(lower_first(visitors(self.reach)), days)

    @property
    def is_of_customers(self) -> bool:
        """Whether the test is of a message, which assigns customers."""
        return self.form.unit == AssignmentUnit.CUSTOMER

    @cached_property
    def holdout_size(self) -> HoldoutSize | None:
        """From how many customers on a holdout of messages can answer anything; None at other moments, and where too
        little is known."""
        if not self.is_of_customers:
            return None
        is_revenue = self.form.metric_chosen == Metric.RPV and self.form.custom_metric is None
        if is_revenue and self.mean and self.sd:
            return holdout_size(abs(self.mean), self.sd, per_day=self.visitors_per_day)
        return read_late(partial(store_holdout_size, self.store, self.now))

    @cached_property
    def cost_decision(self) -> CostDecision | None:
        """What it would risk to decide after eight weeks without a proof; None where the test isn't too long."""
        if self.plan is None or self.design is None or not self.plan.is_too_long:
            return None
        return cost_decision(self.design, usual_effects(self.store, self.form.metric_chosen))

    @property
    def has_impossible_figures(self) -> bool:
        """Whether nothing is missing, and yet there can be no such test."""
        return self.design is not None and self.plan is None

    @property
    def saved_by_cuped(self) -> float:
        """The share of visitors that the cart's value saves."""
        if self.plan is None:
            return 0.0
        return 1 - self.plan.per_variant / self.plan.without_cuped

    @property
    def reaches(self) -> list[DetectableLift]:
        """What tests of some weeks could find; nothing where the traffic isn't known."""
        design = self.design
        if design is None or self.plan is None or not design.visitors_per_day:
            return []
        per_day = design.visitors_per_day * design.traffic_share / (1 + design.treatments)
        reaches = []
        for weeks in WEEKS:
            per_variant = int(per_day * 7 * weeks)
            if per_variant > 1:  # a single visitor has no spread
                reaches.append(DetectableLift(weeks, per_variant, detectable_lift(design, per_variant)))
        return reaches

    @property
    def curve(self) -> Curve | None:
        """The power curve, from no lift to twice the planned one."""
        if self.plan is None or self.design is None:
            return None
        return power_curve(self.design, self.plan)

    @cached_property
    def days_to_wait(self) -> int | None:
        """The days until the last visitors' orders are in; None where nobody knows yet."""
        return days_to_wait(self.store, self.form.moment)

    @property
    def use_url(self) -> str:
        """Where a test with this plan is made: from the chosen idea's template, else by choosing one."""
        if self.plan is None:
            return ""
        return self.draft_url(self.plan.per_variant, self.plan.days)

    @property
    def decide_by_cost_url(self) -> str:
        """Where a test is made that ends after eight weeks, to decide by expected cost."""
        if self.cost_decision is None:
            return ""
        return self.draft_url(self.cost_decision.per_variant, self.cost_decision.days)

    def draft_url(self, per_variant: int, days: int | None) -> str:
        """Return where a test with so many visitors and days is made."""
        if self.is_of_customers:  # made with their journey, which says itself how many it reaches
            return f"{reverse('dashboard:journey_templates')}?{urlencode({'store': self.store.slug})}"
        query = {"store": self.store.slug, "moment": self.form.moment.value, "planned_sample": per_variant}
        if days:
            query["planned_days"] = days
        return f"{self.template_url}?{urlencode(query)}"

    @property
    def template_url(self) -> str:
        """The form of the chosen idea's template; the choice of templates where it has none, as e-mails have."""
        idea = self.form.idea
        if idea is None or idea.key not in templates():
            return reverse("dashboard:choose_template")
        return reverse("dashboard:new_test", args=[idea.key])

    @property
    def stand_ins(self) -> dict[str, str]:
        """What is planned with where a field is empty, as it would be typed."""
        measured = self.measured
        values = {
            "mde": 100 * self.form.lift,
            "traffic": 100.0,
            "mean": self.as_typed(measured.mean),
            "sd": self.as_typed(measured.sd),
            "visitors": measured.visitors_per_day,
            "orders": in_percent(measured.orders_per_visitor),
        }
        known = {}
        for name, value in values.items():
            if value is not None:
                known[name] = short(value)
        return known

    def as_typed(self, value: float | None) -> float | None:
        """Return a value of the metric as the form has it: in major units, or in percent."""
        if self.is_share:
            return in_percent(value)
        if value is None or not self.is_money:
            return value
        return value / float(10 ** money.decimals(self.store.currency))


def typed_or(typed: float | None, other: Figure) -> float | Figure:
    """Return what was typed, which may be zero; the other where nothing was."""
    if typed is None:
        return other
    return typed


def in_percent(share: float | None) -> float | None:
    """Return a share in percent; ``None`` where it is unknown."""
    if share is None:
        return None
    return 100 * share


def short(value: float) -> str:
    """Return a figure as a placeholder: two decimals below 100, none above, as they would be noise."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}"
