"""Events of a test, as the read API lists them."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from experiments.models import EventType, Experiment, WidgetEvent


def make_event(experiment: Experiment, **fields: Any) -> WidgetEvent:
    defaults = {"event_id": uuid4(), "type": EventType.CLICK, "visitor_id": "v_1", "moment": experiment.moment}
    received_at = fields.pop("received_at", timezone.now())
    return WidgetEvent.objects.create(
        store=experiment.store,
        experiment=experiment,
        occurred_at=received_at,
        received_at=received_at,
        month=received_at.date().replace(day=1),
        **defaults | fields,
    )
