"""The plan of a test: from the store's last four weeks and what was typed to visitors, days and power."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from checkout_widgets.launching.templates import templates
from dashboard.planner.form import PlannerForm
from experiments import money
from experiments.models import Metric, Store
from experiments.programme.planning import Baseline, Design, PlannedTest, baseline, detectable_lift, plan

WEEKS = (2, 4, 8)
WIDTH, HEIGHT, LEFT, BOTTOM = 560.0, 200.0, 52.0, 30.0  # of the curve, and the room for its labels
UNKNOWN_VALUE = "Nothing is known about this metric here yet: type its value now."
UNKNOWN_SPREAD = "Type how far single visitors are from the value: nothing here says it."
UNKNOWN_ORDERS = "Type the share of visitors who order: the store's orders don't say how many visitors there were."


@dataclass(frozen=True)
class Reach:
    """What a test of so many weeks could find at the store's traffic."""

    weeks: int
    per_variant: int
    lift: float


@dataclass(frozen=True)
class Curve:
    """The power curve as a line in the drawing's units, and where the planned lift is on it."""

    points: str
    x: float
    y: float
    marks: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Missing:
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
        return baseline(self.store, self.form.moment, self.form.metric_chosen, now=self.now)

    @property
    def is_share(self) -> bool:
        """Whether the metric is a share, whose value says its spread."""
        return self.form.metric_chosen == Metric.CONVERSION

    @property
    def mean(self) -> float | None:
        """The metric now: as typed, else as measured."""
        typed = self.form.in_unit("mean")
        return self.measured.mean if typed is None else typed

    @property
    def sd(self) -> float | None:
        """Its spread: as typed; else as measured, in proportion where another value was typed."""
        if self.is_share:
            return None
        typed, measured = self.form.in_unit("sd"), self.measured
        if typed is not None or measured.sd is None:
            return typed
        return measured.sd * (self.mean or 0) / measured.mean if measured.mean else measured.sd

    @property
    def visitors_per_day(self) -> float | None:
        """Visitors at the moment: as typed, else as measured."""
        typed = self.form.cleaned_data["visitors"]
        return self.measured.visitors_per_day if typed is None else float(typed)

    @property
    def is_per_order(self) -> bool:
        """Whether the spread is that of single orders, not of visitors."""
        is_typed = self.form.cleaned_data["sd"] is not None
        return self.form.metric_chosen == Metric.AOV and (is_typed or self.measured.source != "exposures")

    @property
    def orders_per_visitor(self) -> float | None:
        """How many of the visitors order: as typed, else as measured."""
        typed = self.form.share("orders")
        return self.measured.orders_per_visitor if typed is None else typed

    @property
    def missing(self) -> list[Missing]:
        """What has to be typed before there can be a plan."""
        found = []
        if not self.mean:
            found.append(Missing("mean", UNKNOWN_VALUE))
        if not self.is_share and not self.sd:
            found.append(Missing("sd", UNKNOWN_SPREAD))
        if self.is_per_order and not self.orders_per_visitor:
            found.append(Missing("orders", UNKNOWN_ORDERS))
        return found

    @property
    def variance_reduction(self) -> float:
        """The share of variance that the cart's value takes away."""
        is_used = self.form.cleaned_data["cuped"] == "on" and not self.is_share
        return (self.measured.variance_reduction or 0.0) if is_used else 0.0

    @cached_property
    def design(self) -> Design | None:
        """What is planned; None while something is missing."""
        if self.missing or self.mean is None:
            return None
        data = self.form.cleaned_data
        share = self.form.share("traffic")
        return Design(
            mean=self.mean,
            sd=self.sd,
            relative_mde=self.form.lift,
            treatments=data["treatments"],
            power=data["power"],
            looks=data["looks"],
            variance_reduction=self.variance_reduction,
            visitors_per_day=self.visitors_per_day,
            traffic_share=1.0 if share is None else share,
            units_per_visitor=(self.orders_per_visitor or 1.0) if self.is_per_order else 1.0,
        )

    @cached_property
    def plan(self) -> PlannedTest | None:
        """What it takes; None while something is missing, or where the figures make no test."""
        try:
            return plan(self.design) if self.design else None
        except ValueError:
            return None

    @property
    def has_impossible_figures(self) -> bool:
        """Whether nothing is missing, and yet there can be no such test."""
        return self.design is not None and self.plan is None

    @property
    def saved_by_cuped(self) -> float:
        """The share of visitors that the cart's value saves."""
        return 1 - self.plan.per_variant / self.plan.without_cuped if self.plan else 0.0

    @property
    def reaches(self) -> list[Reach]:
        """What tests of some weeks could find; nothing where the traffic isn't known."""
        design = self.design
        if design is None or self.plan is None or not design.visitors_per_day:
            return []
        per_day = design.visitors_per_day * design.traffic_share / (1 + design.treatments)
        sizes = [(weeks, int(per_day * 7 * weeks)) for weeks in WEEKS]
        return [Reach(weeks, size, detectable_lift(design, size)) for weeks, size in sizes if size > 1]

    @property
    def curve(self) -> Curve | None:
        """The power curve."""
        if self.plan is None or self.design is None:
            return None
        widest = 2 * self.design.relative_mde
        points = [spot(one.lift / widest, one.power) for one in self.plan.power_curve]
        x, y = spot(0.5, self.design.power)
        marks = [(spot(part / 4, 0)[0], part / 4 * widest) for part in range(5)]
        return Curve(" ".join(f"{left},{top}" for left, top in points), x, y, marks)

    @property
    def use_url(self) -> str:
        """Where a test with this plan is made: from the chosen idea's template, else by choosing one."""
        if self.plan is None:
            return ""
        query = {"store": self.store.slug, "moment": self.form.moment.value, "planned_sample": self.plan.per_variant}
        if self.plan.days:
            query["planned_days"] = self.plan.days
        key = self.form.idea.key if self.form.idea else ""
        is_template = key in templates()
        choice = reverse("dashboard:new_test", args=[key]) if is_template else reverse("dashboard:choose_template")
        return f"{choice}?{urlencode(query)}"

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
            "orders": None if measured.orders_per_visitor is None else 100 * measured.orders_per_visitor,
        }
        return {name: f"{value:.{0 if value >= 100 else 2}f}" for name, value in values.items() if value is not None}

    def as_typed(self, value: float | None) -> float | None:
        """A value of the metric as the form has it: in major units, or in percent."""
        if value is None:
            return None
        return 100 * value if self.is_share else value / 10 ** money.decimals(self.store.currency)


def spot(across: float, up: float) -> tuple[float, float]:
    """A place in the drawing from shares of its width and height."""
    return round(LEFT + across * (WIDTH - LEFT), 1), round((1 - up) * (HEIGHT - BOTTOM), 1)
