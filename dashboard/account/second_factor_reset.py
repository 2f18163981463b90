"""Resetting somebody else's second factor, passkeys included, who has lost devices and recovery codes.

Whoever may do it could then only need the password, so that an admin must not get into stores that aren't theirs: the
operator may, and an admin of *every* store that the person belongs to.
"""

from collections import defaultdict
from collections.abc import Collection

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from procrastinate.contrib.django import app

from dashboard.models import Passkey
from dashboard.signing_in import second_factor
from dashboard.signing_in.person_trail import record_for_person
from dashboard.signing_in.sessions import end_sessions
from experiments.models import AuditAction, Membership, PersonLanguage, Role
from experiments.notifications import mail
from experiments.notifications.email import Email, EmailSection
from experiments.notifications.tasks import ATTEMPTS


def resettable(admin: User, people: Collection[User]) -> set[int]:
    """Return the keys of those whose second factor the admin may reset.

    Nobody's own: that is turned off under Account, with the password. Nobody's who may do more than the admin.
    """
    administered = set(Membership.objects.filter(user=admin, role=Role.ADMIN).values_list("store", flat=True))
    stores: dict[int, set[int]] = defaultdict(set)
    for user_id, store_id in Membership.objects.filter(user__in=people).values_list("user", "store"):
        stores[user_id].add(store_id)
    found = set()
    for person in people:
        is_in_reach = bool(stores[person.pk]) and stores[person.pk] <= administered
        if person != admin and (admin.is_superuser or (is_in_reach and not is_above(person, admin))):
            found.add(person.pk)
    return found


def is_above(person: User, admin: User) -> bool:
    """Whether the person may do something in the installation that the admin may not."""
    return person.is_superuser or (person.is_staff and not admin.is_staff)


def with_second_factor(people: Collection[User]) -> set[int]:
    """Return the keys of those who have a second factor: an authenticator app or a passkey."""
    apps = TOTPDevice.objects.filter(user__in=people, confirmed=True)
    passkeys = Passkey.objects.filter(user__in=people)
    return {*apps.values_list("user", flat=True), *passkeys.values_list("user", flat=True)}


# All or nothing, the job that tells the person too: it is in the same database.
@transaction.atomic
def reset(*, person: User, actor: str) -> None:
    """Ask the person for the password alone, end all of their sessions, and say so in the trail of each of their stores
    and to themselves."""
    second_factor.remove_all(person)
    end_sessions(person)
    record_for_person(person=person, action=AuditAction.SECOND_FACTOR_RESET, actor=actor)
    if person.email:
        tell_of_reset.defer(user_id=person.pk, actor=actor)


@app.task(queue="notifications", retry=ATTEMPTS)
def tell_of_reset(user_id: int, actor: str) -> None:
    """Send the person an e-mail. Raises ``NotSent``."""
    person = User.objects.filter(pk=user_id).exclude(email="").first()
    if person is None:
        return
    with translation.override(PersonLanguage.objects.of(person)):
        email = reset_email(actor)
        mail.send(person.email, email.subject, email.text, email.html)


def reset_email(actor: str) -> Email:
    """Write what was done, by whom, and what to do."""
    subject = _("Two-factor authentication was reset")
    text = _(
        "%(actor)s has reset your two-factor authentication and removed your passkeys. You are logged out everywhere."
    )
    section = EmailSection(
        paragraphs=[text % {"actor": actor}, _("Log in with your password and set it up again.")],
        report_url=f"{settings.CONSOLE_URL}{reverse('dashboard:second_factor')}",
        link_text=_("Set up two-factor authentication"),
    )
    note = _("If you didn't ask for this, change your password and tell an administrator.")
    return Email(store=None, subject=subject, heading=subject, sections=[section], note=note)
