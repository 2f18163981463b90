"""What a provider's own words say beyond django-anymail's: which bounces are for good, and whom it sends nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from anymail.signals import AnymailTrackingEvent, RejectReason

Raw = Mapping[str, Any]
NO_SUCH_RECIPIENT = frozenset({"10", "30", "90"})  # SparkPost's classes of bounces


def resend_type(raw: Raw) -> str:
    """Return Resend's kind of a bounce: Permanent, Transient, or Undetermined; older ones say it in a sentence."""
    bounce = raw["data"]["bounce"]
    if "type" in bounce:
        return str(bounce["type"])
    return "Permanent" if "hard bounce" in bounce.get("message", "") else "Undetermined"


# Of the event as the provider sent it. Those that aren't here tell a bounce that is for now by another event.
SAYS_HARD: dict[str, Callable[[Raw], bool]] = {
    "brevo": lambda raw: bool(raw["event"] != "soft_bounce"),
    "mailersend": lambda raw: bool(raw["data"]["type"] == "hard_bounced"),
    "mailjet": lambda raw: bool(raw.get("hard_bounce")),
    "mandrill": lambda raw: bool(raw["event"] != "soft_bounce"),
    "postmark": lambda raw: postmark_type(raw) in ("HardBounce", "BadEmailAddress"),
    "resend": lambda raw: resend_type(raw) == "Permanent",
    "sendgrid": lambda raw: bool(raw.get("type", "bounce") == "bounce"),  # not "blocked", and not "expired"
    "sparkpost": lambda raw: sparkpost_class(raw) in NO_SUCH_RECIPIENT,
}


# Why these send an address nothing any more, in words of theirs for which django-anymail has none.
REFUSALS = {
    ("mailgun", "suppress-bounce"): RejectReason.BOUNCED,
    ("mailgun", "suppress-complaint"): RejectReason.SPAM,
    ("mailgun", "suppress-unsubscribe"): RejectReason.UNSUBSCRIBED,
    ("sendgrid", "spam reporting address"): RejectReason.SPAM,
}


def postmark_type(raw: Raw) -> str:
    """Return Postmark's type of a bounce, which it also calls the reason why it sends an address nothing any more."""
    return str(raw.get("Type") or raw.get("SuppressionReason"))


def sparkpost_class(raw: Raw) -> str:
    """Return SparkPost's class of a bounce, wherever its envelope has it."""
    (event,) = raw["msys"].values()
    return str(event.get("bounce_class", ""))


def refusal_of(event: AnymailTrackingEvent, provider: str) -> str | None:
    """Return why a provider sends an address nothing any more; None where it says nothing of that, or in words that
    django-anymail reads.
    """
    raw = event.esp_event
    if not isinstance(raw, Mapping):
        return None
    said = raw.get("event-data", raw)  # Mailgun puts it beside the signature
    return REFUSALS.get((provider, str(said.get("reason", "")).lower()))


def is_hard(event: AnymailTrackingEvent, provider: str) -> bool:
    """Return whether a bounce says that there is no such mailbox. What can't be told is for now: nobody is cut off."""
    if provider == "mailgun":  # permanent for Mailgun is also what it has given up
        return bool(event.reject_reason == RejectReason.BOUNCED)
    says_hard = SAYS_HARD.get(provider)
    if says_hard is None:
        return True
    try:
        return says_hard(event.esp_event)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
