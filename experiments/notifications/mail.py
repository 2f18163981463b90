"""E-mail to members, as each has chosen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from experiments import formatting
from experiments.models import Experiment, PersonLanguage, Snapshot, Source, Store, Subscription, Topic
from experiments.models.notification import default_topics
from experiments.notifications import digest_parts
from experiments.notifications.email import Email, EmailSection
from experiments.notifications.message import report_url


class NotSent(Exception):
    """An e-mail didn't go out."""


@dataclass(frozen=True, slots=True)
class Digest:
    """How a store's running tests stand, and who wants to know it."""

    recipients: list[str]
    language: str  # that all of them read
    email: Email


def recipients(store: Store, topic: Topic) -> dict[str, list[str]]:
    """Return the addresses of the store's members who want to know, each once, by the language they read."""
    chosen = Subscription.objects.filter(store=store)
    wanting = Q(pk__in=chosen.to(topic).values("user"))
    if topic.value in default_topics():
        wanting |= ~Q(pk__in=chosen.values("user"))
    members = User.objects.filter(wanting, memberships__store=store, is_active=True).exclude(email="")
    languages = {row.user_id: row.language for row in PersonLanguage.objects.filter(user__in=members)}
    by_language: dict[str, list[str]] = defaultdict(list)
    # By address: two accounts with the same one get one e-mail.
    for address, pk in sorted(dict(members.values_list("email", "pk")).items()):
        by_language[languages.get(pk, settings.LANGUAGE_CODE)].append(address)
    return by_language


def send(address: str, subject: str, text: str, html: str) -> None:
    """Send one e-mail to one reader, so that nobody sees who else is told. Raises ``NotSent``.

    Without ``html``, it is plain text alone.
    """
    one_line = " ".join(subject.split())  # a test's name may have line breaks, which would begin another header
    # By this header, programs that answer for somebody who is away leave it alone (RFC 3834).
    mail = EmailMultiAlternatives(one_line, text, None, [address], headers={"Auto-Submitted": "auto-generated"})
    if html:
        mail.attach_alternative(html, "text/html")
    try:
        mail.send()
    except SMTPException as error:
        # The mail server's own words name the reader, and a failed job's error stands in the log.
        raise NotSent(f"The mail server refused the e-mail ({type(error).__name__})") from None


def digests() -> Iterable[Digest]:
    """Write a digest for each store that shows shoppers anything, if somebody wants one."""
    is_showing = Q(experiments__in=running()) | Q(experiments__in=Experiment.objects.rolled_out())
    for store in Store.objects.filter(is_showing).distinct():
        for language, addresses in recipients(store, Topic.DIGEST).items():
            # Around the writing alone: whoever reads these mustn't go on in another language.
            with translation.override(language):
                email = digest(store)
            yield Digest(addresses, language, email)


def digest(store: Store) -> Email:
    """Write a section for each running test: what its last look said, and where its report is; then what else was
    registered for the digest."""
    tests = running().filter(store=store).select_related("store")
    return Email(
        store=store,
        subject=_("%(store)s: running tests") % {"store": store.name},
        heading=_("Running tests at %(store)s") % {"store": store.name},
        sections=[
            *(section_of(test, test.snapshots.order_by("-taken_at").first()) for test in tests),
            *digest_parts.parts_for(store, timezone.now()),
        ],
    )


def section_of(experiment: Experiment, last: Snapshot | None) -> EmailSection:
    """Write a test's name, what its last look said, since when it runs, and where its report is."""
    facts = []
    if experiment.started_at is not None:
        facts.append((_("Started"), formatting.date_and_time(experiment.started_at)))
    verdict = _("No look has been taken yet.")
    if last is not None:
        verdict = last.report_to_read["verdict"]["headline"]
        facts.append((_("Last look"), formatting.date_and_time(last.taken_at)))
    return EmailSection(title=experiment.name, paragraphs=[verdict], facts=facts, report_url=report_url(experiment))


def running() -> QuerySet[Experiment]:
    """Return the tests that assign visitors here and now, the oldest first."""
    return Experiment.objects.running().filter(source=Source.LIVE).order_by("started_at")
