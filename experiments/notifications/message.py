"""An entry of the audit trail as a message."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from experiments import audit_words
from experiments.models import AuditAction, AuditEntry, Experiment, Topic
from experiments.page_links import LinkedPage, link_to

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
    """What is told: ``data`` is for programs, the rest for people."""

    topic: Topic
    subject: str
    text: str
    data: dict[str, Any]


def topic_of(action: str) -> Topic | None:
    """What an act is about; None for what nobody is told of."""
    return TOPICS.get(AuditAction(action))


def message_of(entry: AuditEntry) -> Message | None:
    """The entry as a message; None where there is nothing to tell."""
    topic, experiment = topic_of(entry.action), entry.experiment
    if topic is None or experiment is None:
        return None
    action = audit_words.title(entry)
    address = report_url(experiment)
    said = f"{entry.reason}\n\n" if entry.reason else ""
    return Message(
        topic=topic,
        subject=f"{experiment.name}: {action[0].lower()}{action[1:]}",
        text=f"{audit_words.sentence(entry)}\n\n{said}{address}\n",
        data={
            "store": entry.store.slug,
            "experiment": experiment.key,
            "action": entry.action,
            "actor": entry.actor,
            "reason": entry.reason,
            "at": entry.at.isoformat(),
            "detail": entry.detail,
            "report_url": address,
        },
    )


def report_url(experiment: Experiment) -> str:
    """Where the test's report is read."""
    return f"{settings.CONSOLE_URL}{link_to(LinkedPage.REPORT, experiment.store.slug, experiment.key)}"
