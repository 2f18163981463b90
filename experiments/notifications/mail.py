"""E-mail to members, as each has chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException

from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from experiments.models import Experiment, Source, Store, Subscription, Topic
from experiments.models.notification import default_topics
from experiments.notifications.message import report_url


class NotSent(Exception):
    """An e-mail didn't go out."""


@dataclass(frozen=True, slots=True)
class Digest:
    """How a store's running tests stand, and who wants to know it."""

    recipients: list[str]
    subject: str
    text: str


def recipients(store: Store, topic: Topic) -> list[str]:
    """Return the addresses of the store's members who want to know; each once."""
    chosen = Subscription.objects.filter(store=store)
    wanting = Q(pk__in=chosen.to(topic).values("user"))
    if topic.value in default_topics():
        wanting |= ~Q(pk__in=chosen.values("user"))
    members = User.objects.filter(wanting, memberships__store=store, is_active=True).exclude(email="")
    return list(members.order_by("email").values_list("email", flat=True).distinct())


def send(address: str, subject: str, text: str) -> None:
    """Send one e-mail to one reader, so that nobody sees who else is told. Raises ``NotSent``."""
    one_line = " ".join(subject.split())  # a test's name may have line breaks, which would begin another header
    try:
        send_mail(one_line, text, None, [address])
    except SMTPException as error:
        # The mail server's own words name the reader, and a failed job's error stands in the log.
        raise NotSent(f"The mail server refused the e-mail ({type(error).__name__})") from None


def digests() -> Iterable[Digest]:
    """Write a digest for each store with running tests of which somebody wants one."""
    for store in Store.objects.filter(experiments__in=running()).distinct():
        wanting = recipients(store, Topic.DIGEST)
        if wanting:
            subject = _("%(store)s: running tests") % {"store": store.name}
            yield Digest(wanting, subject, digest(store))


def digest(store: Store) -> str:
    """Write a paragraph for each running test: what its last look said, and where its report is."""
    title = _("Running tests at %(store)s") % {"store": store.name}
    tests = running().filter(store=store).select_related("store")
    return "\n\n".join([title, *map(paragraph, tests)]) + "\n"


def paragraph(experiment: Experiment) -> str:
    """Write a test's name, what its last look said, and where its report is."""
    last = experiment.snapshots.order_by("-taken_at").first()
    verdict = _("No look has been taken yet.")
    if last is not None:
        verdict = last.report["verdict"]["headline"]
    return f"{experiment.name}\n{verdict}\n{report_url(experiment)}"


def running() -> QuerySet[Experiment]:
    """Return the tests that assign visitors here and now, the oldest first."""
    return Experiment.objects.running().filter(source=Source.LIVE).order_by("started_at")
