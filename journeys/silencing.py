"""A contact's problem silences the store's pages too: which of its visitors and customers are the contact."""

from checkout_widgets import silenced_shoppers
from experiments.models import CustomerSighting
from journeys.identifying import orders_of
from journeys.models import Contact


def silence_on_site(contact: Contact) -> None:
    """Offer nothing in the contact's browsers, and to whoever is logged in as the contact, until the silence ends."""
    silenced_shoppers.silence(contact.store_id, contact.pk, shoppers_of(contact), contact.friction_until)


def shoppers_of(contact: Contact) -> set[str]:
    """Return the digests of the customers and visitors that the contact's orders name, or were seen as."""
    customers: set[str] = set()
    visitors: set[str] = set()
    for customer_id, named, linked in orders_of(contact).values_list("customer_id", "visitor_id", "linked_visitor_id"):
        customers.add(customer_id)
        visitors.update((named, linked))
    sightings = CustomerSighting.objects.filter(store=contact.store_id, customer_id__in=customers - {""})
    visitors.update(sightings.values_list("visitor_id", flat=True))
    digests = {silenced_shoppers.customer_digest(contact.store_id, one) for one in customers - {""}}
    return digests | {silenced_shoppers.visitor_digest(contact.store_id, one) for one in visitors - {""}}
