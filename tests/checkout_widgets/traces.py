"""All that a visitor can leave behind in a store."""

from uuid import uuid4

from checkout_widgets.models import ConfirmationAnswer, Delivery, HeldProduct, TrialOrder
from experiments.accounting.claims import claim_order
from experiments.accounting.ingestion import EventRecord, record_events
from experiments.accounting.order_data import OrderData
from experiments.models import Experiment, Store
from tests import factories
from tests.factories import NOON


def leave_traces(store: Store, visitor_id: str) -> Experiment:
    """An exposure while logged in, an order with its delivery, a claimed one, a test order, an answer, a product
    that they have, and an accepted offer."""
    experiment = factories.make_experiment(store)
    variant = experiment.variants.get(key="treatment")
    exposure = EventRecord(
        uuid4(), "exposure", NOON, visitor_id, experiment.pk, variant.pk, customer_id=f"c_{visitor_id}"
    )
    record_events(store.pk, [exposure], received_at=NOON)
    order = factories.make_order(store, visitor_id=visitor_id, customer_id=f"c_{visitor_id}")
    shop = store.connections.first() or factories.make_connection(store)
    body = f'{{"visitor": "{visitor_id}"}}'.encode()
    Delivery.objects.create(connection=shop, body=body, received_at=NOON, order_external_id=order.external_id)
    TrialOrder.objects.create(store=store, source="api", visitor_id=visitor_id, understood={"visitor_id": visitor_id})
    claim_order(store, OrderData(f"claimed {order.pk}", NOON, NOON, "EUR", (), 0, 0), visitor_id, at=NOON)
    factories.make_acceptance(factories.make_offer(store), experiment, visitor_id=visitor_id, idempotency_key="k")
    ConfirmationAnswer.objects.create(store=store, visitor_id=visitor_id, number=1, tag="trail", at=NOON)
    HeldProduct.objects.create(store=store, visitor_id=visitor_id, sku="tea", at=NOON)
    return experiment
