"""How often a client may begin to sign in by a passkey or by single sign-on; passwords are counted by django-axes."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.client_address import of_console_request
from dashboard.models import SignInRequest

WINDOW = timedelta(minutes=15)  # long enough to slow a guesser, short enough for an office to wait
KEPT = timedelta(hours=1)  # longer than what is counted, so that nothing is deleted while it counts
MOST_OF_LINE = 60  # people of one office share a line; each attempt costs a session, and at a provider a call


class TooManyAttemptsError(Exception):
    """The client has begun as often as any may within a quarter of an hour."""


def count_attempt(request: HttpRequest, kind: str) -> None:
    """Count an attempt of this kind. Raises ``TooManyAttemptsError``."""
    now = timezone.now()
    SignInRequest.objects.filter(at__lte=now - KEPT).delete()
    # Each attempt begins a session that most never come back to; Django itself deletes none.
    Session.objects.filter(expire_date__lte=now).delete()
    line = salted_hmac("offerlift.sign-in", of_console_request(request), algorithm="sha256").hexdigest()
    begun = SignInRequest.objects.filter(line=line, kind=kind, at__gt=now - WINDOW)
    if begun.count() >= MOST_OF_LINE:
        raise TooManyAttemptsError
    SignInRequest.objects.create(kind=kind, line=line, at=now)
