"""How far a customer is with what they bought: order, arrival, consumption, contract and time -> stage. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_DAYS = 730  # two years: whoever needs nothing until then is no longer followed
OTHERS = ""  # the category of all products that have no thresholds of their own


class Stage(models.TextChoices):
    """What somebody who has the product needs next."""

    WAITING = "waiting", _("Waiting for the parcel")
    UNBOXING = "unboxing", _("Unboxing")
    USAGE = "usage", _("Usage")
    CARE = "care", _("Care")
    RENEWAL = "renewal", _("Renewal")


class BadThresholds(ValueError):
    """Days that no product can have: not one after the other, or out of bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageThresholds:
    """Days after the arrival from which a stage begins; ``renewal_before_end`` are days before a contract's end, and
    ``lasts`` the days in which one unit is used up, None for what isn't.

    A product without a contract that isn't used up is due for an upgrade from ``renewal`` days on.
    """

    usage: int = 7
    care: int = 30
    renewal: int = 60
    renewal_before_end: int = 30
    lasts: int | None = None

    def __post_init__(self) -> None:
        """Raise ``BadThresholds`` unless the stages begin one after the other."""
        given = [self.usage, self.care, self.renewal, self.renewal_before_end]
        if self.lasts is not None:
            given.append(self.lasts)
        for days in given:
            # In Python, ``True`` is 1.
            if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= LONGEST_DAYS:
                raise BadThresholds(f"Days must be whole, from 1 to {LONGEST_DAYS}.")
        if not self.usage < self.care < self.renewal:
            raise BadThresholds("Stages must begin one after the other.")

    def days_of(self, quantity: int) -> "StageDays":
        """Return when the stages of so many units begin: used up one after the other, where they are."""
        if self.lasts is None:
            return StageDays(self.usage, self.care, self.renewal)
        used_up = min(self.lasts * max(quantity, 1), LONGEST_DAYS)
        return in_order(self.usage, min(self.care, self.lasts), used_up)


class StageDays(NamedTuple):
    """Days after the arrival from which an order's stages begin; of two that begin on one day, the later counts."""

    usage: int
    care: int
    renewal: int


def in_order(usage: int, care: int, renewal: int) -> StageDays:
    """Return the days with no stage that begins after the next one."""
    care = min(care, renewal)
    return StageDays(min(usage, care), care, renewal)


USUAL = StageThresholds()
FIELDS = tuple(field.name for field in fields(StageThresholds))
Rules = Mapping[str, StageThresholds]  # by category


def read_rules(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, StageThresholds]:
    """Return a store's thresholds by category; what a category leaves out is as of all others.

    Raises ``BadThresholds``.
    """
    others = thresholds_of(USUAL, stored.get(OTHERS, {}))
    rules = {OTHERS: others}
    for category, given in stored.items():
        if category != OTHERS:
            rules[category] = thresholds_of(others, given)
    return rules


def thresholds_of(usual: StageThresholds, given: Mapping[str, Any]) -> StageThresholds:
    """Return the usual thresholds with those that are given. Raises ``BadThresholds``."""
    try:
        return StageThresholds(**(asdict(usual) | dict(given)))
    except TypeError as error:
        raise BadThresholds(str(error)) from error


@dataclass(frozen=True, slots=True)
class Purchase:
    """A product of an order, by its category, and how many units of it."""

    category: str
    quantity: int


def days_for(purchases: Sequence[Purchase], rules: Rules) -> StageDays:
    """Return the days of an order: of several products, the one that comes to a stage first decides."""
    others = rules.get(OTHERS, USUAL)
    of_products = []
    for purchase in purchases:
        of_products.append(rules.get(purchase.category, others).days_of(purchase.quantity))
    if not of_products:
        return others.days_of(1)
    return in_order(*map(min, zip(*of_products, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTimes:
    """When a customer comes to each stage; None where they don't. ``renewal_until`` is a contract's end."""

    usage_at: datetime | None = None
    care_at: datetime | None = None
    renewal_at: datetime | None = None
    renewal_until: datetime | None = None
    arrived_at: datetime | None = None

    def at(self, now: datetime) -> Stage:
        """Return the stage at a time. ``journeys/sql/stage_of.sql`` says the same of stored times."""
        is_over = self.renewal_until is not None and now >= self.renewal_until
        if has_come(self.renewal_at, now) and not is_over:
            return Stage.RENEWAL
        if has_come(self.care_at, now):
            return Stage.CARE
        if has_come(self.usage_at, now):
            return Stage.USAGE
        if has_come(self.arrived_at, now):
            return Stage.UNBOXING
        return Stage.WAITING


def has_come(at: datetime | None, now: datetime) -> bool:
    """Return whether a time is there and over."""
    return at is not None and at <= now


def stage_times(
    *,
    arrived_at: datetime | None,
    days: StageDays,
    contract_ends_at: datetime | None = None,
    renewal_before_end: int = USUAL.renewal_before_end,
) -> StageTimes:
    """Return when each stage begins. What is under contract is renewed at its end, and not for its age."""
    renewal_at: datetime | None = None
    if contract_ends_at is not None:
        renewal_at = contract_ends_at - timedelta(days=renewal_before_end)
    if arrived_at is None:
        return StageTimes(renewal_at=renewal_at, renewal_until=contract_ends_at)
    if contract_ends_at is None:
        renewal_at = arrived_at + timedelta(days=days.renewal)
    return StageTimes(
        arrived_at=arrived_at,
        usage_at=arrived_at + timedelta(days=days.usage),
        care_at=arrived_at + timedelta(days=days.care),
        renewal_at=renewal_at,
        renewal_until=contract_ends_at,
    )
