"""Resetting somebody else's second factor, who has lost phone and recovery codes.

Whoever may do it could then only need the password, so that an admin must not get into stores that aren't theirs: the
operator may, and an admin of *every* store that the person belongs to.
"""

from collections import defaultdict
from collections.abc import Collection

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from procrastinate.contrib.django import app

from dashboard.account import second_factor
from experiments import audit
from experiments.models import AuditAction, Membership, Role
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
    """Return the keys of those who have a second factor."""
    return set(TOTPDevice.objects.filter(user__in=people, confirmed=True).values_list("user", flat=True))


@transaction.atomic
def reset(*, person: User, actor: str) -> None:
    """Ask the person for the password alone, end all of their sessions, and say so in the trail of each of their stores
    and to themselves."""
    second_factor.remove(person)
    end_sessions(person)
    for membership in Membership.objects.filter(user=person).select_related("store"):
        audit.record(
            store=membership.store,
            action=AuditAction.SECOND_FACTOR_RESET,
            actor=actor,
            detail={"member": person.get_username()},
        )
    if person.email:
        tell_of_reset.defer(user_id=person.pk, actor=actor)


def end_sessions(person: User) -> None:
    """Log the person out everywhere. Sessions don't name their user in a column, so that each has to be read."""
    ended = []
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            ended.append(session.pk)
    Session.objects.filter(pk__in=ended).delete()


@app.task(queue="notifications", retry=ATTEMPTS)
def tell_of_reset(user_id: int, actor: str) -> None:
    """Send the person an e-mail. Raises ``NotSent``."""
    person = User.objects.filter(pk=user_id).exclude(email="").first()
    if person is None:
        return
    subject = _("Two-factor authentication was reset")
    what = _("%(actor)s has reset your two-factor authentication. You are logged out everywhere.") % {"actor": actor}
    section = EmailSection(
        paragraphs=[what, _("Log in with your password and set it up again.")],
        report_url=f"{settings.CONSOLE_URL}{reverse('dashboard:second_factor')}",
        link_text=_("Set up two-factor authentication"),
    )
    note = _("If you didn't ask for this, change your password and tell an administrator.")
    email = Email(store=None, subject=subject, heading=subject, sections=[section], note=note)
    mail.send(person.email, email.subject, email.text, email.html)
