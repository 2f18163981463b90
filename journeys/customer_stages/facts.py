"""What the stages of contacts follow from, read from their orders, parcels and contracts: one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from experiments.models import Store
from experiments.sql_columns import columns_of
from experiments.sql_files import read_sql
from journeys.models import StageSettings
from journeys.stages import OTHERS, USUAL, Purchase, Rules, StageTimes, days_for, read_rules, stage_times

STAGE_FACTS = read_sql(__file__, "stage_facts")


class AskedStage(NamedTuple):
    """A contact whose stage is asked for at a time, by one order; by the newest where there is none."""

    number: int
    contact_id: int
    order_id: int | None
    at: datetime


class StageFacts(NamedTuple):
    """What is known of a contact, its fields named as the columns of ``stage_facts.sql``.

    ``parcels`` is how many were sent; ``delivered_at`` is None until all have arrived. ``products`` are categories and
    quantities of the order's goods.
    """

    number: int
    contact_id: int
    order_id: int | None
    placed_at: datetime | None
    parcels: int
    delivered_at: datetime | None
    is_estimated: bool
    products: list[tuple[str, int]]
    contract_ends_at: datetime | None
    contract_category: str

    @property
    def has_stage(self) -> bool:
        """Whether there is an order or a contract that a stage could be of."""
        return self.order_id is not None or self.contract_ends_at is not None


@dataclass(frozen=True, slots=True)
class StageRules:
    """A store's days: by category, and from the order to the arrival where nobody reports parcels."""

    by_category: Rules
    arrival: timedelta

    @classmethod
    def of(cls, settings: StageSettings) -> "StageRules":
        """Return the rules of stored settings."""
        return cls(read_rules(settings.thresholds), timedelta(days=settings.arrival_days))

    def times_of(self, facts: StageFacts) -> StageTimes:
        """Return when a contact comes to each stage."""
        purchases = [Purchase(category, quantity) for category, quantity in facts.products]
        of_contract = self.by_category.get(facts.contract_category) or self.by_category.get(OTHERS, USUAL)
        return stage_times(
            arrived_at=self.arrived_at(facts),
            days=days_for(purchases, self.by_category),
            contract_ends_at=facts.contract_ends_at,
            renewal_before_end=of_contract.renewal_before_end,
        )

    def arrived_at(self, facts: StageFacts) -> datetime | None:
        """Return when the order arrived, or will have by the store's estimate; None while parcels are under way."""
        if facts.parcels:
            return facts.delivered_at
        if facts.placed_at is None:
            return None
        return facts.placed_at + self.arrival


def settings_of(store: Store) -> StageSettings:
    """Return a store's settings; the usual ones, switched off, where it has none."""
    return StageSettings.objects.filter(store=store).first() or StageSettings(store=store)


def read_stage_facts(asked: Sequence[AskedStage]) -> list[StageFacts]:
    """Return what is known of the contacts, in their order; one who was erased meanwhile is left out."""
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(STAGE_FACTS, columns_of(AskedStage._fields, asked))
        return list(map(as_facts, cursor.fetchall()))


def as_facts(row: Sequence[Any]) -> StageFacts:
    """Return a row of the statement, whose products are JSON."""
    values = dict(zip(StageFacts._fields, row, strict=True))
    products = msgspec.json.decode(values.pop("products"), type=list[tuple[str, int]])
    return StageFacts(products=products, **values)
