"""E-mail to members, as each has chosen."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db.models import Q, QuerySet

from experiments.models import Experiment, Source, Store, Subscription, Topic
from experiments.models.notification import default_topics
from experiments.notifications.message import report_url


def recipients(store: Store, topic: Topic) -> list[str]:
    """The addresses of the store's members who want to know; each once."""
    chosen = Subscription.objects.filter(store=store)
    wanting = Q(pk__in=chosen.to(topic).values("user"))
    if topic.value in default_topics():
        wanting |= ~Q(pk__in=chosen.values("user"))
    members = User.objects.filter(wanting, memberships__store=store, is_active=True).exclude(email="")
    return list(members.order_by("email").values_list("email", flat=True).distinct())


def send(address: str, subject: str, text: str) -> None:
    """One e-mail to one reader, so that nobody sees who else is told."""
    send_mail(" ".join(subject.split()), text, None, [address])


def digests() -> Iterable[tuple[Store, str, list[str]]]:
    """By store with running tests: how they stand, and who wants to know it."""
    for store in Store.objects.filter(experiments__in=running()).distinct():
        wanted = recipients(store, Topic.DIGEST)
        if wanted:
            yield store, digest(store), wanted


def digest(store: Store) -> str:
    """A paragraph for each running test: what its last look said, and where its report is."""
    tests = [paragraph(experiment) for experiment in running().filter(store=store).select_related("store")]
    return f"Running at {store.name}\n\n" + "\n\n".join(tests) + "\n"


def paragraph(experiment: Experiment) -> str:
    """A test's name, what it said last, and its report."""
    last = experiment.snapshots.order_by("-taken_at").first()
    said = last.report["verdict"]["headline"] if last else "No look has been taken yet."
    return f"{experiment.name}\n{said}\n{report_url(experiment)}"


def running() -> QuerySet[Experiment]:
    """The tests that assign visitors here and now."""
    return Experiment.objects.running().filter(source=Source.LIVE).order_by("started_at")
