"""How far a customer is with what they bought: order, delivery and time -> stage. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """What somebody who has the product needs next."""

    WAITING = "waiting", _("Waiting for the parcel")
    UNBOXING = "unboxing", _("Unboxing")
    USAGE = "usage", _("Usage")
    CARE = "care", _("Care")
    RENEWAL = "renewal", _("Renewal")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageThresholds:
    """Days after delivery from which a stage begins; ``renewal_before_end`` are days before a contract's end.

    A product without a contract is due for an upgrade from ``renewal`` days on.
    """

    usage: int = 7
    care: int = 30
    renewal: int = 60
    renewal_before_end: int = 30

    @classmethod
    def from_json(cls, given: dict[str, int]) -> "StageThresholds":
        """Read what a journey has for a category; what it leaves out is as usual. Raises ``ValueError``."""
        thresholds = cls(**given)
        if not 0 < thresholds.usage < thresholds.care < thresholds.renewal:
            raise ValueError("Stages must begin one after the other.")
        if thresholds.renewal_before_end < 1:
            raise ValueError("Renewal must begin before the contract's end.")
        return thresholds


USUAL = StageThresholds()


def stage_at(
    now: datetime,
    *,
    delivered_at: datetime | None,
    contract_ends_at: datetime | None = None,
    thresholds: StageThresholds = USUAL,
) -> Stage:
    """Return the stage at a time. A contract that is about to end comes before all; then the parcel has to be there."""
    if contract_ends_at is not None and is_ending(now, contract_ends_at, thresholds):
        return Stage.RENEWAL
    if delivered_at is None or now < delivered_at:
        return Stage.WAITING
    age = now - delivered_at
    if age < timedelta(days=thresholds.usage):
        return Stage.UNBOXING
    if age < timedelta(days=thresholds.care):
        return Stage.USAGE
    # What is under contract is renewed at its end, and not by its age.
    if contract_ends_at is not None or age < timedelta(days=thresholds.renewal):
        return Stage.CARE
    return Stage.RENEWAL


def is_ending(now: datetime, ends_at: datetime, thresholds: StageThresholds) -> bool:
    """Whether the contract ends within the days in which a renewal is offered."""
    return ends_at - timedelta(days=thresholds.renewal_before_end) <= now < ends_at
