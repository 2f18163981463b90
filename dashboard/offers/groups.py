"""What the figures of offers can be told apart by, and how each group is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, TruncMonth, TruncWeek
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout_widgets.models import Layout, NextWidget, Offer, ShopperAnswer
from dashboard.templatetags import wording
from experiments.models import Experiment, Moment, Store, Variant

Names = Callable[[Store, list[Any]], Mapping[Any, str]]
# Where a visit's value isn't known: from before it was recorded, or from a page that doesn't say it.
NOT_RECORDED = object()
OTHER = object()
MOST_VALUES = 12  # of a dimension; what is beyond is added up as other


@dataclass(frozen=True, slots=True)
class Grouping:
    """One way to tell figures apart: by a column of kept days, or by the values of a ``dimension``."""

    name: Promise
    column: str | Combinable = "value"
    dimension: str = ""
    is_time: bool = False
    names: Names | None = None

    def name_of(self, store: Store, values: list[Any]) -> dict[Any, str]:
        """Return what each of these values is called."""
        names: dict[Any, str] = {NOT_RECORDED: _("Not recorded"), OTHER: _("Other")}
        known = [value for value in values if value not in names]
        if self.names is not None:
            return names | dict(self.names(store, known))
        return names | {value: wording.segment(value, self.dimension) for value in known}


def moments(store: Store, values: list[Any]) -> dict[Any, str]:
    """Name moments."""
    return {value: str(Moment(value).label) for value in values}


def layouts(store: Store, values: list[Any]) -> dict[Any, str]:
    """Name layouts; None is a variant whose widget is gone."""
    known = dict(Layout.choices)
    return {value: str(known.get(value, _("Unknown"))) for value in values}


def offers(store: Store, values: list[Any]) -> dict[Any, str]:
    """Name offers."""
    return dict(Offer.objects.filter(store=store, pk__in=values).values_list("pk", "name"))


def tests(store: Store, values: list[Any]) -> dict[Any, str]:
    """Name tests."""
    return dict(Experiment.with_holdouts.filter(store=store, pk__in=values).values_list("pk", "name"))


def widgets(store: Store, values: list[Any]) -> dict[Any, str]:
    """Name widgets by their test and variant; of second offers in a sequence, by the step as well."""
    step_names = steps(store, [])
    ids = {value: int(value.partition("/")[0]) for value in values}
    variants = Variant.objects.filter(experiment__store=store).select_related("experiment").in_bulk(ids.values())
    names = {}
    for value, variant_id in ids.items():
        variant = variants[variant_id]
        parts = [variant.experiment.name, str(variant)]
        step = value.partition("/")[2]
        if step:
            parts.append(step_names[step])
        names[value] = " · ".join(parts)
    return names


def days(store: Store, values: list[Any]) -> dict[Any, str]:
    """Name days, or weeks by their first."""
    return {value: date_format(value, "DATE_FORMAT") for value in values}


def months(store: Store, values: list[Any]) -> dict[Any, str]:
    """Name months."""
    return {value: date_format(value, "YEAR_MONTH_FORMAT") for value in values}


def steps(store: Store, values: list[Any]) -> dict[Any, str]:
    """Name the steps of sequences; no answer before it is a first offer."""
    return {
        "": _("First offer"),
        ShopperAnswer.ACCEPTED: _("Second offer after a yes"),
        ShopperAnswer.DECLINED: _("Second offer after a no"),
    }


# Of a second offer, its own; a query of its own is a row of a small table by a unique key.
LAYOUT_SHOWN = Case(
    When(step="", then=F("variant__widget__layout")),
    default=Subquery(
        NextWidget.objects.filter(variant=OuterRef("variant"), after=OuterRef("step")).values("layout")[:1]
    ),
)
# As the keys of widgets: ``12/`` is the variant's own, ``12/accepted`` its second offer.
WIDGET_SHOWN = Concat(Cast("variant_id", TextField()), Value("/"), "step", output_field=TextField())
GROUPINGS: dict[str, Grouping] = {
    "moment": Grouping(gettext_lazy("Moment"), "variant__experiment__moment", names=moments),
    "offer": Grouping(gettext_lazy("Offer"), "offer_id", names=offers),
    "test": Grouping(gettext_lazy("Test"), "variant__experiment_id", names=tests),
    "widget": Grouping(gettext_lazy("Widget"), WIDGET_SHOWN, names=widgets),
    "layout": Grouping(gettext_lazy("Layout"), LAYOUT_SHOWN, names=layouts),
    "product": Grouping(gettext_lazy("Product of a pair"), dimension="product"),
    "step": Grouping(gettext_lazy("First or second offer"), "step", names=steps),
    "position": Grouping(gettext_lazy("Position in the visit"), dimension="position"),
    "device": Grouping(gettext_lazy("Device"), dimension="device"),
    "customer_type": Grouping(gettext_lazy("Customer type"), dimension="customer_type"),
    "country": Grouping(gettext_lazy("Country"), dimension="country"),
    "channel": Grouping(gettext_lazy("Channel"), dimension="channel"),
    "page_type": Grouping(gettext_lazy("Page type"), dimension="page_type"),
    "logged_in": Grouping(gettext_lazy("Logged in"), dimension="logged_in"),
    "stage": Grouping(gettext_lazy("Stage"), dimension="stage"),
    "day": Grouping(gettext_lazy("Day"), F("day"), is_time=True, names=days),
    "week": Grouping(gettext_lazy("Week"), TruncWeek("day"), is_time=True, names=days),
    "month": Grouping(gettext_lazy("Month"), TruncMonth("day"), is_time=True, names=months),
}
USUAL = "moment"
