"""What a store's sender still lacks before its messages may go out."""

from django.conf import settings
from django.utils.translation import gettext as _

from journeys.addresses import MissingKeys, require_keys
from journeys.models import DomainState, Sender
from journeys.sending.composing import page_url
from journeys.sending.domain_records import is_signature_seen


def missing(sender: Sender) -> list[str]:
    """Return what is missing, a sentence each with its fix; nothing where it may send."""
    found = [*missing_fields(sender), *missing_keys(), *missing_address()]
    if sender.checked_at is None and sender.address:
        found.append(_("Check the domain's records."))
    if sender.address and not is_unsubscribing_signed(sender):
        found.append(
            _(
                "Prove that unsubscribing works by one click: send yourself a test message, save its source, and ask"
                " the operator to run manage.py check_signature with it."
            )
        )
    # DKIM of a provider can't be seen in the records, as its name is the provider's own: unknown is no obstacle.
    states = (sender.spf, sender.dkim, sender.dmarc)
    if DomainState.WRONG in states:
        found.append(_("Correct the domain's records, then check them again."))
    return found


def is_unsubscribing_signed(sender: Sender) -> bool:
    """Whether the signature covers the headers to unsubscribe (RFC 8058): ours does, others' have to show it.

    Plain SMTP without a key says so by the state of the domain's records.
    """
    return not settings.MESSAGE_PROVIDER or is_signature_seen(sender)


def missing_fields(sender: Sender) -> list[str]:
    """Return which fields have to be filled in."""
    found = []
    if not sender.name:
        found.append(_("Enter the sender's name."))
    if not sender.address:
        found.append(_("Enter the address that messages are sent from."))
    if not sender.postal_address:
        found.append(_("Enter the postal address for the footer of messages."))
    return found


def missing_keys() -> list[str]:
    """Return what the operator has to set."""
    try:
        require_keys()
    except MissingKeys as error:
        return [str(error)]
    return []


def missing_address() -> list[str]:
    """Return what the operator has to set so that mail programs unsubscribe: they call https alone (RFC 8058, 3.1).

    The demo sends to nobody.
    """
    if settings.DEMO or page_url("", "").startswith("https://"):
        return []
    return [_("Messages link to an address without https. Have the operator set EDGE_URL.")]
