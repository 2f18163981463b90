"""What a store's sender still lacks before its messages may go out."""

from django.utils.translation import gettext as _

from journeys.addresses import MissingKeys, require_keys
from journeys.models import DomainState, Sender


def missing(sender: Sender) -> list[str]:
    """Return what is missing, a sentence each with its fix; nothing where it may send."""
    found = [*missing_fields(sender), *missing_keys()]
    if sender.checked_at is None and sender.address:
        found.append(_("Check the domain's records."))
    # DKIM of a provider can't be seen from here: unknown is no obstacle, wrong is.
    states = (sender.spf, sender.dkim, sender.dmarc)
    if DomainState.WRONG in states:
        found.append(_("Correct the domain's records, then check them again."))
    return found


def missing_fields(sender: Sender) -> list[str]:
    """Return which fields have to be filled in."""
    found = []
    if not sender.name:
        found.append(_("Enter the sender's name."))
    if not sender.address:
        found.append(_("Enter the address that messages are from."))
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
