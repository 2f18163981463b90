"""Experiments as the edge holds them, without a database."""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from msgspec import Raw

from checkout_widgets.edge.configuration import (
    ExperimentConfiguration,
    StoreConfiguration,
    VariantConfiguration,
)
from checkout_widgets.edge.widget_configuration import (
    Item,
    OfferConfiguration,
)
from experiments.assignment.allocation import WeightedVariant
from experiments.assignment.targeting import Context


def everybody(context: Context) -> bool:
    return True


def make_offer(currency: str = "EUR", sku: str = "MUG") -> OfferConfiguration:
    return OfferConfiguration(
        id=1,
        key="mug",
        kind="cross_sell",
        currency=currency,
        price_minor=790,
        compare_at_minor=None,
        starts_at=None,
        ends_at=None,
        is_active=True,
        stock=None,
        items=(Item(sku, sku, 1, "", 990),),
    )


def make_test(
    number: int,
    *,
    traffic_share: float = 1.0,
    is_targeted: Callable[[Context], bool] = everybody,
    is_rolled_out: bool = False,
    **fields: Any,
) -> ExperimentConfiguration:
    control = VariantConfiguration(number * 10, "control", True, None)
    offer = VariantConfiguration(number * 10 + 1, "offer", False, None)
    rolled_out = None
    if is_rolled_out:
        rolled_out = offer
    settings: dict[str, Any] = {
        "id": number,
        "key": f"test-{number}",
        "moment": "cart",
        "salt": f"salt-{number}",
        "traffic_share": traffic_share,
        "is_paused": False,
        "starts_at": None,
        "ends_at": None,
        "is_targeted": is_targeted,
        "arms": (WeightedVariant("control", 1), WeightedVariant("offer", 1)),
        "variants": {"control": control, "offer": offer},
        "rolled_out": rolled_out,
        "offers": (),
        "cross_sold": frozenset(),
        "parts": Raw(b"[]"),
        "phone_parts": Raw(b"[]"),
    }
    return ExperimentConfiguration(**settings | fields)


def make_store(tests: list[ExperimentConfiguration]) -> StoreConfiguration:
    running = [test for test in tests if test.rolled_out is None]
    rolled_out = [test for test in tests if test.rolled_out is not None]
    return StoreConfiguration(
        id=1,
        slug="shop",
        site_key="pk_1",
        currency="EUR",
        origins=frozenset(),
        is_consent_required=False,
        holdout_share=0.0,
        holdout=None,
        timezone=UTC,
        max_offers_per_session=3,
        max_offers_per_day=3,
        decline_silence=timedelta(hours=24),
        tests={"cart": tuple(running)},
        rollouts={"cart": tuple(rolled_out)},
        secret_key="sk_1",
        retired_secret_keys=(),
    )
