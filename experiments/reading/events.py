"""Events of widgets as they came in."""

from datetime import datetime

from django.db.models import QuerySet

from experiments.models import Store, WidgetEvent


def events_received(store: Store, *, since: datetime, until: datetime) -> QuerySet[WidgetEvent]:
    """Query the store's events received from ``since`` on and before ``until``, with their tests and variants.

    Both bounds are needed: the table is in parts by month, and only the parts between them are read.
    """
    received = WidgetEvent.objects.filter(store=store, received_at__gte=since, received_at__lt=until)
    return received.select_related("experiment", "variant")
