"""What shop systems pass on of their customers' rights: to be forgotten, and to know what is stored.

The delivery is kept first, like any other. A job of its own erases: each person's erasure is a transaction, with locks
in an order that the delivery's transaction couldn't keep. At its end it empties the delivery, which names who it was.
"""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from checkout_widgets import customer_records, erasure
from checkout_widgets.models import DataRequest, Delivery
from checkout_widgets.webhooks.shop_systems.payloads import BadPayload
from checkout_widgets.webhooks.shop_systems.registry import SHOP_SYSTEMS
from checkout_widgets.webhooks.shop_systems.shop_system import Event, NamedPerson
from experiments.customer_keys import customer_key
from experiments.models import AuditAction, AuditEntry, Order, Store

ATTEMPTS = 9  # about a day, like any delivery
BATCH = 100  # orders of a shop that is forgotten: each is a few transactions


def keep_request(delivery: Delivery, event: Event) -> None:
    """Do what a customer's right asks for, or have it done. Raises ``BadPayload`` where nobody is named."""
    if event == Event.DATA_REQUEST:
        keep_data_request(delivery)
    else:
        queue_erasure(delivery, event)


def queue_erasure(delivery: Delivery, event: Event) -> None:
    """Have a person, or all customers of a shop, forgotten. Raises ``BadPayload`` where nobody is named."""
    if event == Event.ERASURE:
        delivery.customer_key = key_of(delivery.connection.store, person_of(delivery))
    erase_delivered.defer(delivery_id=delivery.pk)


def person_of(delivery: Delivery) -> NamedPerson:
    """Return whom a delivery is about. Raises ``BadPayload``."""
    return SHOP_SYSTEMS[delivery.connection.kind].read_person(delivery.topic, bytes(delivery.body))


def key_of(store: Store, person: NamedPerson) -> str:
    """Return the key of whom a request is about; that of one of the orders where it names these alone."""
    key = customer_key(store.pk, customer_id=person.customer_id, address=person.address)
    if key:
        return key
    orders = Order.objects.filter(store=store, external_id__in=person.order_ids).exclude(customer_key="")
    return orders.values_list("customer_key", flat=True).first() or ""


@app.task(queue="webhooks", retry=RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=4))
def erase_delivered(delivery_id: int) -> None:
    """Forget whom a delivery is about. An attempt that was interrupted is repeated: who is forgotten stays so."""
    delivery = Delivery.objects.select_related("connection__store").filter(pk=delivery_id).first()
    if delivery is None or not bytes(delivery.body):  # done by an attempt before
        return
    store, source = delivery.connection.store, delivery.connection.kind
    topic = SHOP_SYSTEMS[source].recognize_topic(delivery.topic)
    if topic is not None and topic.event == Event.SHOP_ERASURE:
        erase_shop(store, source)
        # Whatever the shop has delivered names its customers.
        Delivery.objects.filter(connection=delivery.connection).exclude(pk=delivery.pk).delete()
    else:
        erase_person(store, person_of(delivery), actor=source)
    Delivery.objects.filter(pk=delivery.pk).update(body=b"")


def erase_person(store: Store, person: NamedPerson, *, actor: str) -> None:
    """Forget a person by everything that a request names them by."""
    if person.customer_id:
        erasure.erase_customer(store, person.customer_id, actor=actor)
    if person.address:
        erasure.erase_address(store, person.address, actor=actor)
    if person.order_ids:
        erasure.erase_of_orders(store, person.order_ids, actor=actor)


def erase_shop(store: Store, source: str) -> None:
    """Forget all customers whom the store knows by this shop system alone; orders stay and name nobody."""
    orders = Order.objects.filter(store=store, source=source).exclude(visitor_id="", customer_id="", customer_key="")
    while external_ids := list(orders.order_by("pk").values_list("external_id", flat=True)[:BATCH]):
        erasure.erase_of_orders(store, external_ids, actor=source)
    while keys := customer_records.keys_known_by(store, source, BATCH):
        for key in sorted(keys):
            erasure.erase_key(store, key, actor=source)


def keep_data_request(delivery: Delivery) -> None:
    """Keep that a customer asks for their data; the store's admins answer. Raises ``BadPayload`` for nobody known."""
    store, person = delivery.connection.store, person_of(delivery)
    delivery.customer_key = key_of(store, person)
    if not person.request_id:
        raise BadPayload("It has no ID of the request.")
    if not delivery.customer_key:
        raise BadPayload("The customer can't be told by an ID, an address, or an order that is known.")
    _row, is_new = DataRequest.objects.get_or_create(
        store=store,
        source=delivery.connection.kind,
        external_id=person.request_id,
        defaults={"customer_key": delivery.customer_key, "received_at": delivery.received_at},
    )
    if is_new:
        AuditEntry.objects.create(store=store, actor=delivery.connection.kind, action=AuditAction.DATA_REQUESTED)
    delivery.body = b""  # it has the address; what is needed of it is kept
    delivery.save(update_fields=["body"])
