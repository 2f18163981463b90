"""Customers at send points, for tests of what comes of them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from experiments.accounting.customers import unit_of
from experiments.accounting.send_points import CustomerExposure, record_send_point
from experiments.models import Exposure, Variant
from tests.factories import NOON


def reach(variant: Variant, key: str, at: datetime = NOON, **fields: Any) -> bool:
    """Let a customer reach a send point, and say whether the exposure is new."""
    point = CustomerExposure(
        experiment_id=variant.experiment_id, variant_id=variant.pk, customer_key=key, at=at, **fields
    )
    with transaction.atomic():
        return record_send_point(variant.experiment.store_id, point)


def exposure_of(variant: Variant, key: str) -> Exposure:
    return Exposure.objects.get(experiment=variant.experiment_id, visitor_id=unit_of(key))
