"""An entry of the audit trail as a message."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from experiments import audit_words
from experiments.models import AuditAction, AuditEntry, Experiment, Topic
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
}


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of an entry: ``subject`` and ``text`` to people by e-mail, ``data`` to programs as JSON."""

    topic: Topic
    subject: str
    text: str
    data: dict[str, Any]


def topic_of(action: str) -> Topic | None:
    """Return what an act is about; ``None`` for what nobody is told of."""
    return TOPICS.get(AuditAction(action))


def message_of(entry: AuditEntry) -> Message | None:
    """Write the entry as a message; ``None`` where there is nothing to tell."""
    topic, experiment = topic_of(entry.action), entry.experiment
    if topic is None or experiment is None:
        return None
    return Message(
        topic=topic,
        subject=f"{experiment.name}: {lower_first(audit_words.title(entry))}",
        text=text_of(entry, report_url(experiment)),
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


def text_of(entry: AuditEntry, address: str) -> str:
    """Write the entry as an e-mail: what was done, by whom and when; why, if a reason was given; where to read more."""
    paragraphs = [audit_words.sentence(entry)]
    if entry.reason:
        paragraphs.append(entry.reason)
    return "\n\n".join([*paragraphs, address]) + "\n"


def report_url(experiment: Experiment) -> str:
    """Return where the test's report is read, for who isn't in the console."""
    return f"{settings.CONSOLE_URL}{link_to(LinkedPage.REPORT, experiment.store.slug, experiment.key)}"
