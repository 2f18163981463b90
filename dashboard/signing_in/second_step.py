"""Between the right password and the second factor: who it is, kept in the session for a few minutes.

Nobody is logged in meanwhile: the session names the person only here, where just the second step looks.
"""

import time
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

PENDING = "second_step"
# Long enough to fetch the phone; later, the password has to be entered again.
LIFETIME_S = 600
MOST_WRONG = 10  # codes; then the password has to be entered again, which django-axes counts


class TooLateError(Exception):
    """Nobody has entered a password lately in this session."""


def remember(request: HttpRequest, person: User, next_url: str) -> None:
    """Keep who has entered the right password."""
    request.session.cycle_key()  # whoever knew the session's key before mustn't go on with it
    request.session[PENDING] = {
        "user": person.pk,
        # of the password: a new one ends what the old one began
        "hash": person.get_session_auth_hash(),
        "at": int(time.time()),
        "wrong": 0,
        "next": next_url,
    }
    request.session.set_expiry(LIFETIME_S)


def pending_person(request: HttpRequest) -> User | None:
    """Return who still has to give the second factor; ``None`` where nobody does, or too late."""
    pending = request.session.get(PENDING)
    if pending is None or time.time() - pending["at"] > LIFETIME_S or pending["wrong"] >= MOST_WRONG:
        return None
    person = User.objects.filter(pk=pending["user"], is_active=True).first()
    if person is None or not constant_time_compare(person.get_session_auth_hash(), pending["hash"]):
        return None
    return person


def require_person(request: HttpRequest) -> User:
    """Return who still has to give the second factor. Raises ``TooLateError``."""
    person = pending_person(request)
    if person is None:
        raise TooLateError
    return person


def count_wrong(request: HttpRequest) -> None:
    """Note that a code was wrong."""
    pending: dict[str, Any] = request.session[PENDING]
    request.session[PENDING] = pending | {"wrong": pending["wrong"] + 1}


def take_next(request: HttpRequest) -> str:
    """End the second step, and return where the person wanted to go."""
    pending = request.session.pop(PENDING, {})
    return str(pending.get("next", ""))
