"""Plain functions that make valid rows; name what the test is about, the rest has defaults."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User

from checkout_widgets.models import (
    Acceptance,
    Connection,
    Delivery,
    DeliveryStatus,
    NextWidget,
    Offer,
    OfferItem,
    Product,
    Widget,
)
from experiments.customer_keys import address_digest
from experiments.models import (
    CUSTOMER_WINDOW_DAYS,
    AssignmentUnit,
    Experiment,
    Exposure,
    Membership,
    Moment,
    Order,
    OrderLine,
    Role,
    Status,
    Store,
    Variant,
)
from experiments.running import holdout
from journeys import addresses
from journeys.models import Address, ConsentBasis, ConsentRecord, Contact

NUMBER = count(1)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def make_store(**fields: Any) -> Store:
    number = next(NUMBER)
    defaults = {
        "slug": f"store-{number}",
        "name": f"Store {number}",
        "site_key": f"pk_store_{number}",
        "secret_key": f"sk_store_{number}_0123456789abcdef0123456789",
    }
    return Store.objects.create(**defaults | fields)


def make_user(store: Store | None = None, role: str = Role.EDITOR, **fields: Any) -> User:
    user = User.objects.create_user(**{"username": f"user-{next(NUMBER)}", "password": "correct horse"} | fields)
    if store is not None:
        Membership.objects.create(user=user, store=store, role=role)
    return user


def make_experiment(store: Store | None = None, *, treatments: int = 1, **fields: Any) -> Experiment:
    """A running experiment with variants ``control`` and ``treatment`` (``treatment-2`` and so on)."""
    number = next(NUMBER)
    defaults = {
        "key": f"experiment-{number}",
        "name": f"Experiment {number}",
        "moment": Moment.CART,
        "status": Status.RUNNING,
        "salt": f"salt-{number}",
        "started_at": NOON,
    }
    experiment = Experiment.objects.create(store=store or make_store(), **defaults | fields)
    Variant.objects.create(experiment=experiment, key="control", name="Control", is_control=True)
    for index in range(1, treatments + 1):
        key = "treatment" if index == 1 else f"treatment-{index}"
        Variant.objects.create(experiment=experiment, key=key, name=key.replace("-", " ").title())
    return experiment


def make_customer_experiment(store: Store | None = None, **fields: Any) -> Experiment:
    """A running experiment on customers, as a journey's step has it."""
    of_customers: dict[str, Any] = {
        "moment": Moment.FOLLOW_UP,
        "unit": AssignmentUnit.CUSTOMER,
        "attribution_window_days": CUSTOMER_WINDOW_DAYS,
    }
    return make_experiment(store, **of_customers | fields)


def make_holdout(store: Store, share: float = 0.1) -> Experiment:
    """The running experiment that measures the store's holdout, with variants ``held-out`` and ``offers``."""
    store.holdout_share = share
    store.save()
    experiment = holdout.sync_holdout(store, NOON)
    assert experiment is not None
    return experiment


def make_product(store: Store, **fields: Any) -> Product:
    defaults = {"sku": f"sku-{next(NUMBER)}", "title": "Tea cup", "currency": store.currency, "price_minor": 990}
    return Product.objects.create(store=store, **defaults | fields)


def make_offer(store: Store, *products: Product, **fields: Any) -> Offer:
    defaults = {"key": f"offer-{next(NUMBER)}", "name": "Offer", "currency": store.currency, "price_minor": 990}
    offer = Offer.objects.create(store=store, **defaults | fields)
    for position, product in enumerate(products or (make_product(store),)):
        OfferItem.objects.create(offer=offer, product=product, position=position)
    return offer


def make_widget(variant: Variant, offer: Offer | None = None, **fields: Any) -> Widget:
    defaults = {"headline": "Goes well with tea", "accept_label": "Add for {price}", "decline_label": "No thanks"}
    return Widget.objects.create(
        variant=variant, offer=offer or make_offer(variant.experiment.store), **defaults | fields
    )


def make_next_widget(
    variant: Variant, after: str = "accepted", offer: Offer | None = None, **fields: Any
) -> NextWidget:
    """What the variant shows second, after an answer to its widget."""
    defaults = {"headline": "One more for you", "accept_label": "Add for {price}", "decline_label": "No thanks"}
    return NextWidget.objects.create(
        variant=variant, after=after, offer=offer or make_offer(variant.experiment.store), **defaults | fields
    )


def make_live_experiment(store: Store | None = None, **fields: Any) -> Experiment:
    """A running experiment whose treatment shows a widget."""
    experiment = make_experiment(store, **fields)
    make_widget(experiment.variants.get(key="treatment"))
    return experiment


def make_exposure(variant: Variant, **fields: Any) -> Exposure:
    experiment = variant.experiment
    defaults = {"visitor_id": f"v_{next(NUMBER):016x}", "exposed_at": NOON, "store_id": experiment.store_id}
    return Exposure.objects.create(experiment=experiment, variant=variant, **defaults | fields)


def make_order(store: Store, *, lines: list[dict[str, Any]] | None = None, **fields: Any) -> Order:
    number = next(NUMBER)
    defaults = {
        "external_id": str(number),
        "placed_at": NOON,
        "updated_at": NOON,
        "currency": store.currency,
        "subtotal_minor": 5000,
        "total_minor": 5000,
    }
    order = Order.objects.create(store=store, **defaults | fields)
    for position, line in enumerate(lines or [{"sku": "sku", "quantity": 1, "price_minor": 5000}]):
        OrderLine.objects.create(order=order, position=position, **line)
    return order


def make_connection(store: Store, **fields: Any) -> Connection:
    return Connection.objects.create(store=store, **{"kind": "shopify", "secret": "test-secret-not-real"} | fields)


def make_delivery(store: Store, status: str = DeliveryStatus.DEAD, **fields: Any) -> Delivery:
    """What the store's shop system delivered: by default what was given up."""
    connection = store.connections.first() or make_connection(store)
    given = {"topic": "orders/paid", "body": b"{}", "received_at": NOON, "order_external_id": "77", "error": "No id."}
    return Delivery.objects.create(connection=connection, status=status, **given | fields)


def make_acceptance(offer: Offer, experiment: Experiment, **fields: Any) -> Acceptance:
    """An accepted offer of one item at the offer's price."""
    sku = offer.items.get().product.sku
    defaults = {
        "jti": uuid4(),
        "idempotency_key": f"key-{next(NUMBER)}",
        "visitor_id": "v_1",
        "experiment_key": experiment.key,
        "variant_key": "treatment",
        "currency": offer.currency,
        "total_minor": offer.price_minor,
        "lines": [{"sku": sku, "quantity": 1, "price_minor": offer.price_minor}],
        "accepted_at": NOON,
        "expires_at": NOON + timedelta(minutes=30),
    }
    return Acceptance.objects.create(store=offer.store, offer=offer, **defaults | fields)


def make_contact(store: Store, **fields: Any) -> Contact:
    defaults = {"customer_key": f"i_{next(NUMBER)}", "seen_at": NOON}
    return Contact.objects.create(store=store, **defaults | fields)


def make_address(contact: Contact, text: str = "", **fields: Any) -> Address:
    """An address of the contact, encrypted as any: ``customer-1@shop.example`` and so on, unless it is named."""
    text = text or f"customer-{next(NUMBER)}@shop.example"
    sealed = addresses.seal(text, contact.store_id)
    defaults = {"value": sealed.value, "key_id": sealed.key_id, "digest": address_digest(contact.store_id, text)}
    return Address.objects.create(store=contact.store, contact=contact, **defaults | {"named_at": NOON} | fields)


def make_consent(address: Address, basis: str = ConsentBasis.OPT_IN, **fields: Any) -> ConsentRecord:
    defaults = {"source": "shopify", "said_at": NOON - timedelta(days=1)}
    return ConsentRecord.objects.create(address=address, basis=basis, **defaults | fields)
