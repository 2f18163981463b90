"""An entry of the audit trail as a message."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from experiments import audit_words
from experiments.models import AuditAction, AuditEntry, Experiment, Topic
from experiments.notifications.email import Email, EmailSection
from experiments.page_links import LinkedPage, link_to
from experiments.wording import lower_first

# An act that isn't here is told to nobody.
TOPICS = {
    AuditAction.STARTED: Topic.LAUNCH,
    AuditAction.SCHEDULED: Topic.LAUNCH,
    AuditAction.PAUSED: Topic.LAUNCH,
    AuditAction.RESUMED: Topic.LAUNCH,
    AuditAction.STOPPED: Topic.LAUNCH,
    AuditAction.GUARDRAIL: Topic.GUARDRAIL,
    AuditAction.SAMPLE_RATIO: Topic.SAMPLE_RATIO,
    AuditAction.LOOK: Topic.LOOK,
    AuditAction.VERDICT: Topic.VERDICT,
    AuditAction.CONCLUDED: Topic.VERDICT,
    AuditAction.APPROVAL_ASKED: Topic.APPROVAL,
    AuditAction.APPROVED: Topic.APPROVAL,
    AuditAction.APPROVAL_DECLINED: Topic.APPROVAL,
    AuditAction.APPROVAL_LAPSED: Topic.APPROVAL,
    AuditAction.FRICTION_OPENED: Topic.FRICTION,
    AuditAction.SENDER_PAUSED: Topic.GUARDRAIL,
    AuditAction.SENDER_WARNED: Topic.GUARDRAIL,
    AuditAction.CLAIM_UNTRUE: Topic.GUARDRAIL,
}
# What an e-mail says of the details of an act; of a breach or a look, the reason says it in a sentence.
TOLD_DETAILS = {
    AuditAction.SCHEDULED: frozenset({"starts_at"}),
    AuditAction.CONCLUDED: frozenset({"decision", "variant", "corrected_lift"}),
    AuditAction.APPROVAL_ASKED: frozenset({"step", "decision", "variant"}),
    AuditAction.APPROVED: frozenset({"step", "decision", "variant"}),
    AuditAction.APPROVAL_DECLINED: frozenset({"step", "decision", "variant"}),
    AuditAction.FRICTION_OPENED: frozenset({"problem", "order"}),
    AuditAction.SENDER_PAUSED: frozenset({"limit", "count", "sent"}),
    AuditAction.SENDER_WARNED: frozenset({"limit", "count", "sent"}),
    AuditAction.CLAIM_UNTRUE: frozenset({"offer", "claims", "where"}),
}
# How messages to programs call an act that isn't a test's: all others are "experiment." and the action.
TYPES = {
    AuditAction.FRICTION_OPENED: "friction.opened",
    AuditAction.SENDER_PAUSED: "sender.paused",
    AuditAction.SENDER_WARNED: "sender.warned",
    AuditAction.CLAIM_UNTRUE: "offer.claim_untrue",
}
SENDER_ACTS = frozenset({AuditAction.SENDER_PAUSED, AuditAction.SENDER_WARNED})


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of an entry: the ``email`` to people, ``data`` to programs as JSON."""

    topic: Topic
    email: Email
    data: dict[str, Any]


def topic_of(action: str) -> Topic | None:
    """Return what an act is about; ``None`` for what nobody is told of."""
    return TOPICS.get(AuditAction(action))


def type_of(entry: AuditEntry) -> str:
    """Return how a message to a program calls the act."""
    if is_of_journey(entry):
        return f"journey.{entry.action}"
    return TYPES.get(AuditAction(entry.action), f"experiment.{entry.action}")


def message_of(entry: AuditEntry) -> Message | None:
    """Write the entry as a message; ``None`` where there is nothing to tell."""
    topic, experiment = topic_of(entry.action), entry.experiment
    if topic == Topic.FRICTION:
        return friction_message(entry)
    if entry.action in SENDER_ACTS:
        return sender_message(entry)
    if entry.action == AuditAction.CLAIM_UNTRUE:
        return claim_message(entry)
    if topic == Topic.APPROVAL and is_of_journey(entry):
        return journey_message(entry)
    if topic is None or experiment is None:
        return None
    return Message(
        topic=topic,
        email=Email(
            store=entry.store,
            subject=f"{experiment.name}: {lower_first(audit_words.title(entry))}",
            heading=experiment.name,
            sections=[section_of(entry, experiment)],
        ),
        data={
            "store": entry.store.slug,
            "experiment": experiment.key,
            "action": entry.action,
            "actor": entry.actor,
            "reason": entry.reason,
            "at": entry.at.isoformat(),
            "detail": entry.detail,
            "report_url": report_url(experiment),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreNews:
    """What is told of an act that is no test's: where it is read, what is said beside it, and what programs get."""

    topic: Topic
    heading: str
    url: str
    link_text: str
    text: str
    data: dict[str, Any]


def store_message(entry: AuditEntry, news: StoreNews) -> Message:
    """Write an act that is no test's."""
    section = EmailSection(
        paragraphs=[paragraph for paragraph in (audit_words.sentence(entry), news.text) if paragraph],
        facts=facts_of(entry),
        report_url=news.url,
        link_text=news.link_text,
    )
    subject = f"{news.heading}: {lower_first(audit_words.title(entry))}"
    email = Email(store=entry.store, subject=subject, heading=news.heading, sections=[section])
    data = {"store": entry.store.slug, **news.data, "at": entry.at.isoformat()}
    return Message(topic=news.topic, email=email, data=data)


def friction_message(entry: AuditEntry) -> Message:
    """Write that something is wrong for a customer, by the shop's order: no address leaves, and no name."""
    detail = entry.detail
    url = f"{settings.CONSOLE_URL}{link_to(LinkedPage.CONTACT, entry.store.slug, detail['contact'])}"
    news = StoreNews(
        topic=Topic.FRICTION,
        heading=entry.store.name,
        url=url,
        link_text=_("Open the customer's page"),
        text=_(
            "This customer gets no offers until some days after the problem is solved. Someone should take care of it."
        ),
        data={
            "kind": detail["problem"],
            "order": detail.get("order"),
            "contact": detail["contact"],
            "report_url": url,
        },
    )
    return store_message(entry, news)


def sender_message(entry: AuditEntry) -> Message:
    """Write that messages to customers are held against their sender, and what to do."""
    url = f"{settings.CONSOLE_URL}{link_to(LinkedPage.DELIVERABILITY, entry.store.slug)}"
    text = _("Mail providers hold this against a sender. The page says what to do about it.")
    if entry.action == AuditAction.SENDER_PAUSED:
        text = _("Nothing is sent until someone turns sending on again. The page says what to do first.")
    news = StoreNews(
        topic=Topic.GUARDRAIL,
        heading=entry.store.name,
        url=url,
        link_text=_("Open the deliverability page"),
        text=text,
        data={
            "limit": entry.detail["limit"],
            "count": entry.detail["count"],
            "sent": entry.detail["sent"],
            "report_url": url,
        },
    )
    return store_message(entry, news)


def claim_message(entry: AuditEntry) -> Message:
    """Write that copy claims of an offer what isn't true any more, and what became of it."""
    url = f"{settings.CONSOLE_URL}{link_to(LinkedPage.OFFER, entry.store.slug, entry.detail['offer'])}"
    news = StoreNews(
        topic=Topic.GUARDRAIL,
        heading=entry.store.name,
        url=url,
        link_text=_("Open the offer"),
        text=_("Until the claim is true again, widgets and messages leave out the text with it. Write another text."),
        data={
            "offer": entry.detail["offer"],
            "claims": entry.detail["claims"],
            "where": entry.detail["where"],
            "report_url": url,
        },
    )
    return store_message(entry, news)


def is_of_journey(entry: AuditEntry) -> bool:
    """Whether the act is a journey's, and not one of the tests of its steps."""
    return entry.experiment_id is None and "journey" in entry.detail


def journey_message(entry: AuditEntry) -> Message:
    """Write that a journey's launch waits for approval, or what was answered."""
    key = entry.detail["journey"]
    url = f"{settings.CONSOLE_URL}{link_to(LinkedPage.JOURNEY, entry.store.slug, key)}"
    news = StoreNews(
        topic=Topic.APPROVAL,
        heading=key,
        url=url,
        link_text=_("Open the journey"),
        text=entry.reason_to_read,
        data={
            "journey": key,
            "action": entry.action,
            "actor": entry.actor,
            "reason": entry.reason,
            "journey_url": url,
        },
    )
    return store_message(entry, news)


def section_of(entry: AuditEntry, experiment: Experiment) -> EmailSection:
    """Write what was done, by whom and when; why, if a reason was given; what follows; where to read more."""
    paragraphs = [audit_words.sentence(entry), entry.reason_to_read, consequence(entry, experiment)]
    return EmailSection(
        paragraphs=[paragraph for paragraph in paragraphs if paragraph],
        facts=facts_of(entry),
        report_url=report_url(experiment),
    )


def consequence(entry: AuditEntry, experiment: Experiment) -> str:
    """Say whether shoppers still see the offer after a guardrail was crossed; empty for any other act."""
    if entry.action != AuditAction.GUARDRAIL:
        return ""
    # By the setting: the pause is an act of its own, which may follow an instant after this e-mail is written.
    if experiment.is_pausing_on_harm:
        return _("The test is paused: shoppers no longer see the offer.")
    return _("The test goes on, because it isn't set to pause on harm. You can pause it in its report.")


def facts_of(entry: AuditEntry) -> list[tuple[str, str]]:
    """Return the details of an entry that readers of e-mails are told, in words."""
    shown = TOLD_DETAILS.get(AuditAction(entry.action), frozenset())
    known = {name for name, value in entry.detail.items() if value is not None}
    return audit_words.details(entry, hidden=entry.detail.keys() - (shown & known))


def report_url(experiment: Experiment) -> str:
    """Return where the test's report is read, for who isn't in the console."""
    return f"{settings.CONSOLE_URL}{link_to(LinkedPage.REPORT, experiment.store.slug, experiment.key)}"
