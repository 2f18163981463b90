"""How often a new password may be asked for: per address, so that nobody's mailbox is filled, and per client."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.client_address import of_console_request
from dashboard.models import PasswordRequest

WINDOW = timedelta(hours=1)  # rows are kept no longer than what is counted
# Nobody needs more links an hour, and a mailbox must not be flooded by whoever knows its address.
MOST_OF_ADDRESS = 5
MOST_OF_LINE = 20  # more than one address's, as people of one office share a line


class TooManyRequestsError(Exception):
    """The client has asked as often as any may within an hour."""


def count(request: HttpRequest, address: str) -> bool:
    """Count a request, and return whether a link may be sent; raises ``TooManyRequestsError`` for the client.

    What the address has used up is told to nobody: the answer would say that somebody else asks for it, too.
    """
    now = timezone.now()
    PasswordRequest.objects.filter(at__lte=now - WINDOW).delete()
    line, name = digest(of_console_request(request)), digest(address.casefold())
    if PasswordRequest.objects.filter(line=line).count() >= MOST_OF_LINE:
        raise TooManyRequestsError
    asked = PasswordRequest.objects.filter(address=name).count()
    PasswordRequest.objects.create(address=name, line=line, at=now)
    return asked < MOST_OF_ADDRESS


def digest(text: str) -> str:
    """Return a name for an address that can't be turned back, nor tried without our key."""
    return salted_hmac("offerlift.password-request", text, algorithm="sha256").hexdigest()
