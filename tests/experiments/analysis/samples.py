"""Samples in memory, without a database: what analysis reads of a test."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from experiments.analysis.sample import Sample
from experiments.models import Experiment, Store, Variant
from experiments.reading.aggregation import KEYS, Aggregate, aggregate
from experiments.reading.sums import Key
from tests.factories import NOON

NOW = NOON + timedelta(days=30)


def arm(visitors: int, **sums: int) -> Aggregate:
    """An arm with these sums, such as ``revenue_x_revenue``; all others are 0."""
    kept: dict[Key, int] = {}
    for key in KEYS:
        kept[key] = sums.get("_x_".join(key), 0)
    kept["missing",] = 0
    return aggregate(KEYS, visitors, _with_missing(kept), is_capped=False)


def _with_missing(kept: dict[Key, int]) -> dict[Key, int]:
    """Everybody has a cart's value."""
    others: dict[Key, int] = {}
    for key in kept:
        names = [name for name in key if name != "cart_value"]
        if len(names) < len(key):
            others["missing", *names] = 0
    return kept | others


def sample(arms: Mapping[str, Aggregate], *, weights: Mapping[str, int] | None = None, **fields: Any) -> Sample:
    """A running test of these arms, the first of which is the control."""
    defaults = {"store": Store(slug="shop", currency="EUR"), "key": "cart", "status": "running"}
    experiment = Experiment(**defaults | fields)
    variants: list[Variant] = []
    for key in arms:
        variants.append(Variant(key=key, is_control=not variants, weight=(weights or {}).get(key, 1)))
    return Sample(
        experiment=experiment,
        variants=variants,
        observed=arms,
        compared=arms,
        has_covariate=False,
        fill_minor=0,
        visitors_per_day=None,
        visitors_per_month=None,
    )
