"""What a trigger needs beside its kind, typed and checked wherever it comes in."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments.field_errors import plain_error
from journeys.models import Trigger

Days = Annotated[int, msgspec.Meta(ge=1, le=730)]
Texts = Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=200)]], msgspec.Meta(max_length=200)]
Minor = Annotated[int, msgspec.Meta(ge=1, le=10**12)]
# Where msgspec's errors name the option, and a bound that it is beyond.
OPTION = re.compile(r"required field `(\w+)`|`\$\.(?:audience\.)?(\w+)")
BOUND = re.compile(r"(<=|>=) (\d+)")
# The options that the page asks for, as it calls them.
LABELS = {
    "days": gettext_lazy("Days"),
    "days_before": gettext_lazy("Days"),
    "category_days": gettext_lazy("Days by category"),
    "from_orders": gettext_lazy("Count the days in our orders"),
    "at": gettext_lazy("Day of the campaign"),
    "ordered_within_days": gettext_lazy("Ordered within days"),
    "not_ordered_for_days": gettext_lazy("Not ordered for days"),
    "least_orders": gettext_lazy("Minimum number of orders"),
    "spent_minor": gettext_lazy("Tier"),
    "within_minor": gettext_lazy("Distance to the tier"),
    "stage": gettext_lazy("Stage"),
}


class BadOptions(ValueError):
    """Options that a trigger can't use; the message names the field and the fix."""


class NoOptions(msgspec.Struct, forbid_unknown_fields=True):
    """A trigger that is told by its event alone."""


class RunsOut(msgspec.Struct, forbid_unknown_fields=True):
    """In how many days one unit is used up: ``days`` for all products, or by category, which goes first.

    ``from_orders``: the days after which the store's customers buy the same again go before both, where they are known
    (``ReplenishmentTime``).
    """

    days: Days | None = None
    category_days: dict[str, Days] = {}
    from_orders: bool = False


class ContractEnds(msgspec.Struct, forbid_unknown_fields=True):
    """How many days before the contract's end the run begins."""

    days_before: Annotated[int, msgspec.Meta(ge=1, le=365)] = 30


class Audience(msgspec.Struct, forbid_unknown_fields=True):
    """Whom a campaign is for: all of what is set has to be true; without anything it is for every contact."""

    ordered_within_days: Days | None = None
    not_ordered_for_days: Days | None = None
    least_orders: Annotated[int, msgspec.Meta(ge=1, le=1_000)] | None = None
    least_spent_minor: Minor | None = None
    skus: Texts = []
    categories: Texts = []
    countries: Texts = []
    answers: Texts = []
    stages: list[Literal["waiting", "unboxing", "usage", "care", "renewal"]] = []


class OnADay(msgspec.Struct, forbid_unknown_fields=True):
    """A campaign: ``at`` is its send point; so many contacts are due then, and as many again every few minutes."""

    at: datetime
    audience: Audience = msgspec.field(default_factory=Audience)
    batch: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 5_000
    every_minutes: Annotated[int, msgspec.Meta(ge=1, le=1_440)] = 10


class DaysWithoutOrder(msgspec.Struct, tag="days_without_order", tag_field="kind", forbid_unknown_fields=True):
    """A customer who hasn't ordered for so long."""

    days: Days


class TierDistance(msgspec.Struct, tag="tier", tag_field="kind", forbid_unknown_fields=True):
    """A customer whose orders of the last days come close to a tier, and haven't reached it."""

    spent_minor: Minor
    within_minor: Minor
    days: Days = 365


class AtStage(msgspec.Struct, tag="stage", tag_field="kind", forbid_unknown_fields=True):
    """A customer who has come to a stage with an order or a contract."""

    stage: Literal["unboxing", "usage", "care", "renewal"]


Options = NoOptions | RunsOut | ContractEnds | OnADay | DaysWithoutOrder | TierDistance | AtStage
TYPES: dict[str, Any] = {
    Trigger.RUNS_OUT: RunsOut,
    Trigger.CONTRACT_ENDS: ContractEnds,
    Trigger.ON_A_DAY: OnADay,
    Trigger.REACHED: DaysWithoutOrder | TierDistance | AtStage,
}


def read_options(trigger: str, stored: Mapping[str, Any]) -> Options:
    """Return the options of a trigger. Raises ``BadOptions``."""
    expected = TYPES.get(trigger, NoOptions)
    try:
        options: Options = msgspec.convert(dict(stored), expected)
    except msgspec.ValidationError as error:
        raise BadOptions(problem_in_words(error, expected)) from error
    refuse_pointless(options)
    return options


def problem_in_words(error: msgspec.ValidationError, expected: Any) -> str:
    """Return what msgspec says of an option in the words of the page; by the option's key where no page asks for it."""
    text = str(error)
    option, bound = OPTION.search(text), BOUND.search(text)
    label = None
    if option is not None:
        label = LABELS.get(option[1] or option[2])
    if label is None:
        return plain_error(error, expected, _("The trigger"))
    if bound is None:
        return _("Enter “%(field)s”.") % {"field": label}
    values = {"field": label, "limit": bound[2]}
    if bound[1] == "<=":
        return _("Enter at most %(limit)s for “%(field)s”.") % values
    return _("Enter at least %(limit)s for “%(field)s”.") % values


def refuse_pointless(options: Options) -> None:
    """Raise ``BadOptions`` for options that are each right and together begin nothing."""
    if isinstance(options, RunsOut) and not (options.days or options.category_days or options.from_orders):
        raise BadOptions(_("Enter in how many days a product is used up, for all products or by category."))
    if isinstance(options, OnADay) and options.at.tzinfo is None:
        raise BadOptions(_("Enter the campaign's day and time with its time zone."))
    if isinstance(options, TierDistance) and options.within_minor >= options.spent_minor:
        raise BadOptions(_("Enter a distance that is smaller than the tier."))
