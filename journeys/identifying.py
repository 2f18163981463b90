"""Which customer news is of: by the order, the shop's ID, or the address; and which orders are a customer's."""

from django.db.models import QuerySet

from checkout_widgets.customer_news import CustomerNews
from experiments.accounting.customers import first_keys
from experiments.customer_keys import customer_key
from experiments.models import Order, Store
from journeys.models import Contact


def order_of(store: Store, news: CustomerNews) -> Order | None:
    """Return the stored order that the news names."""
    if not news.order_external_id:
        return None
    return Order.objects.filter(store=store, external_id=news.order_external_id).first()


def key_of(store: Store, news: CustomerNews, order: Order | None) -> str:
    """Return the customer's key, the one that was first used of several; empty where nobody is named."""
    if order is not None and order.customer_key:
        return order.customer_key
    key = customer_key(store.pk, customer_id=news.customer_id, address=news.address)
    return first_keys(store.pk, [key])[key]


def orders_of(contact: Contact) -> "QuerySet[Order]":
    """Query a contact's orders."""
    return Order.objects.filter(store=contact.store_id, customer_key=contact.customer_key)


def contact_of(order: Order) -> Contact | None:
    """Return the contact whose order it is."""
    if not order.customer_key:
        return None
    return Contact.objects.filter(store=order.store_id, customer_key=order.customer_key).first()
