"""Whose account a person at the provider has here.

By the link alone, which names issuer and subject. An address is a proof of nothing by itself: where the provider has
verified it, and exactly one account has it, that account's owner confirms the link once by logging in as before.
"""

import re
import time
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from config.single_sign_on import SingleSignOn
from dashboard.models import SignOnLink, SignOnRefusalReason
from dashboard.signing_in.person_trail import record_for_person
from dashboard.signing_in.sessions import end_sessions
from dashboard.single_sign_on import group_roles
from dashboard.single_sign_on.identity import Identity
from dashboard.single_sign_on.provider import NotSignedOnError
from experiments.models import AuditAction

UNCONFIRMED = "sign_on_unconfirmed"  # in the session: who comes from the provider and hasn't logged in as before
# Long enough to find the password; later, somebody else may sit at the browser.
LIFETIME_S = 600
LONGEST_NAME = 150  # Django's column of usernames


class RefusedError(NotSignedOnError):
    """The account that it is about isn't theirs, or not theirs yet."""

    def __init__(self, reason: SignOnRefusalReason, person: User | None = None) -> None:
        super().__init__(reason)
        self.person = person


class ToConfirmError(Exception):
    """There is an account with the verified address, whose owner has to log in as before."""

    def __init__(self, person: User) -> None:
        super().__init__()
        self.person = person


def linked_person(provider: SingleSignOn, identity: Identity) -> User:
    """Return whose account it is, made where the groups give a role. Raises ``RefusedError`` and ``ToConfirmError``."""
    link = SignOnLink.objects.select_related("user").filter(issuer=identity.issuer, subject=identity.subject).first()
    if link is None:
        return person_without_link(provider, identity)
    if not link.user.is_active:
        raise RefusedError(SignOnRefusalReason.DEACTIVATED, link.user)
    link.last_used_at = timezone.now()
    link.save(update_fields=["last_used_at"])
    return link.user


def person_without_link(provider: SingleSignOn, identity: Identity) -> User:
    """Return a new account where the groups give a role and nobody has the address yet.

    Raises ``RefusedError`` and ``ToConfirmError``.
    """
    owners = []
    if identity.claimed_email:
        # Two are enough to know that the address is nobody's alone.
        owners = list(User.objects.filter(email__iexact=identity.claimed_email)[:2])
    if len(owners) > 1:
        raise RefusedError(SignOnRefusalReason.AMBIGUOUS)
    if owners and not identity.email:
        raise RefusedError(SignOnRefusalReason.UNVERIFIED, owners[0])
    if owners and not owners[0].is_active:
        raise RefusedError(SignOnRefusalReason.DEACTIVATED, owners[0])
    if owners:
        raise ToConfirmError(owners[0])
    if not group_roles.gives_any_role(provider, identity):
        raise RefusedError(SignOnRefusalReason.UNKNOWN)
    return create_person(identity)


def create_person(identity: Identity) -> User:
    """Make an account without a password, and link it. Raises ``RefusedError`` where another login was quicker."""
    try:
        with transaction.atomic():
            person = User(
                username=free_username(identity),
                email=identity.email,
                first_name=identity.first_name,
                last_name=identity.last_name,
            )
            person.set_unusable_password()
            person.save()
            link_person(person, identity)
    except IntegrityError as error:
        # By the constraint: the same person may come in by two windows at once.
        raise RefusedError(SignOnRefusalReason.TAKEN) from error
    return person


def free_username(identity: Identity) -> str:
    """Return a name that nobody has, however it is capitalized: the provider's, else the address's, with a number."""
    proposed = identity.username or identity.email.partition("@")[0] or "member"
    name = re.sub(r"[^\w.+-]", "", proposed.partition("@")[0])[: LONGEST_NAME - 10] or "member"
    taken = set()
    for username in User.objects.filter(username__istartswith=name).values_list("username", flat=True):
        taken.add(username.lower())
    candidate, number = name, 1
    while candidate.lower() in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate


def link_person(person: User, identity: Identity) -> None:
    """Link an account to the person at the provider. Raises ``RefusedError`` where either is linked otherwise."""
    now = timezone.now()
    try:
        with transaction.atomic():
            link, is_new = SignOnLink.objects.get_or_create(
                issuer=identity.issuer,
                subject=identity.subject,
                defaults={"user": person, "linked_at": now, "last_used_at": now},
            )
            if link.user_id != person.pk:
                raise RefusedError(SignOnRefusalReason.TAKEN, person)
            if is_new:
                record_for_person(person=person, action=AuditAction.SIGN_ON_LINKED, actor=person.get_username())
    except IntegrityError as error:  # the account is linked to another subject of this provider
        raise RefusedError(SignOnRefusalReason.TAKEN, person) from error


@transaction.atomic
def unlink_person(person: User, *, session_key: str | None) -> None:
    """Remove the account's links, and end its other sessions: they may have come this way."""
    SignOnLink.objects.filter(user=person).delete()
    end_sessions(person, keep=session_key)
    record_for_person(person=person, action=AuditAction.SIGN_ON_UNLINKED, actor=person.get_username())


def keep_unconfirmed(request: HttpRequest, identity: Identity, person: User) -> None:
    """Keep in the session who it is, until the account's owner has logged in as before."""
    kept: dict[str, Any] = {"identity": identity.as_session(), "user": person.pk, "at": int(time.time())}
    request.session[UNCONFIRMED] = kept
    request.session.set_expiry(LIFETIME_S)


def take_unconfirmed(request: HttpRequest) -> tuple[Identity, int] | None:
    """Return who waits to be confirmed, once, and the key of whose account it has to be."""
    kept = request.session.pop(UNCONFIRMED, None)
    if kept is None or time.time() - kept["at"] > LIFETIME_S:
        return None
    return Identity.from_session(kept["identity"]), kept["user"]
