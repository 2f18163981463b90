"""A contact's problem silences the store's pages too."""

from checkout_widgets import silenced_shoppers
from journeys.models import Contact
from journeys.shoppers import shoppers_of


def silence_on_site(contact: Contact) -> None:
    """Offer nothing in the contact's browsers, and to whoever is logged in as the contact, until the silence ends."""
    digests = [shopper.digest(contact.store_id) for shopper in shoppers_of(contact.store_id, [contact.pk])]
    silenced_shoppers.silence(contact.store_id, contact.pk, digests, contact.friction_until)
