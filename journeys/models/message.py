"""A message that goes out, and what was heard of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from experiments.models import Store
from journeys.models.contact import Address, ConsentRecord, Contact
from journeys.models.run import SendPoint, SendVerdict


class MessageState(models.TextChoices):
    """How far a message is. All but the first three are ends."""

    PLANNED = "planned", _("Planned")
    CLAIMED = "claimed", _("Queued")
    SENDING = "sending", pgettext_lazy("state of a message", "Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    CANCELLED = "cancelled", _("Canceled")
    EXPIRED = "expired", _("Expired")


# Why a message ended as it did, besides what holds a send point back (``SendVerdict``); a server's code stands apart.
REASONS = {
    "bad_document": _("The message's content can't be sent"),
    "no_document": _("The step has no message"),
    "no_answer": _("The mail server gave no answer"),
    "refused": _("The mail server refused the address"),
    "rejected": _("The mail provider rejected it"),
    "restored": _("The database was restored"),
    "said_by_provider": _("The mail provider says so"),
    "too_long": _("The message is too long"),
    "unreadable_address": _("The address can't be decrypted"),
    "unwritable": _("The address can't be written to"),
    "worker_gone": _("The worker stopped while sending"),
}
SERVERS = {"smtp": _("The mail server answered %(code)s"), "provider": _("The mail provider answered %(code)s")}


class AnsweredAct(models.TextChoices):
    """What somebody just did that a service message answers."""

    PREFERENCES_SAVED = "preferences_saved", _("Saved their preferences")
    EXPORT_READY = "export_ready", _("Asked for their data")


class CustomerMessage(models.Model):
    """A message to one address. Its text is written when it is handed over, and never stored.

    A marketing message has a send point and rests on a consent record; a service message answers an act and has
    neither. ``send_by`` is until when it may be handed over. ``claimed_until`` is the lease of the worker that claimed
    it; ``next_attempt_at`` is when a message that the server turned away for now is claimed again.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="messages", db_index=False, verbose_name=_("store")
    )
    send_point = models.OneToOneField(
        SendPoint, on_delete=models.CASCADE, null=True, blank=True, related_name="message", verbose_name=_("send point")
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="messages", verbose_name=_("contact"))
    address = models.ForeignKey(
        Address, on_delete=models.SET_NULL, null=True, related_name="messages", verbose_name=_("address")
    )
    address_digest = models.CharField(_("digest of the address"), max_length=64)
    consent = models.ForeignKey(
        ConsentRecord, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("consent")
    )
    answered_act = models.CharField(_("answers"), max_length=20, choices=AnsweredAct.choices, blank=True, default="")
    state = models.CharField(_("state"), max_length=16, choices=MessageState.choices, default=MessageState.PLANNED)
    reason = models.CharField(_("reason"), max_length=32, blank=True)
    planned_at = models.DateTimeField(_("planned at"))
    send_by = models.DateTimeField(_("send before"))
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    provider_id = models.CharField(_("provider's ID"), max_length=200, blank=True)
    content_digest = models.CharField(_("digest of the content"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-planned_at", "id")
        constraints = (
            # nothing goes out that rests on nothing
            models.CheckConstraint(
                condition=models.Q(consent__isnull=False, send_point__isnull=False, answered_act="")
                | (models.Q(consent__isnull=True, send_point__isnull=True) & ~models.Q(answered_act="")),
                name="message_has_one_basis",
            ),
        )
        indexes = (
            # sending: what may be claimed
            models.Index(
                fields=("next_attempt_at",),
                condition=models.Q(state__in=("planned", "claimed", "sending")),
                name="message_open",
            ),
            # a provider's webhook names its own ID
            models.Index(fields=("provider_id",), condition=~models.Q(provider_id=""), name="message_provider_id"),
            # deliverability of a store by day
            models.Index(fields=("store", "planned_at"), name="message_store_planned"),
        )

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"

    @property
    def reason_in_words(self) -> str:
        """Why it ended as it did; nothing where there is nothing to say."""
        server, _space, code = self.reason.partition(" ")
        if code and server in SERVERS:
            return str(SERVERS[server]) % {"code": code}
        if self.reason in SendVerdict.values:
            return str(SendVerdict(self.reason).label)
        return str(REASONS.get(self.reason, self.reason))


class MessageEventKind(models.TextChoices):
    """What was heard of a message."""

    DELIVERED = "delivered", _("Delivered")
    SOFT_BOUNCED = "soft_bounced", _("Soft bounce")
    BOUNCED = "bounced", _("Hard bounce")
    REJECTED = "rejected", _("Rejected by the provider")
    COMPLAINED = "complained", _("Spam complaint")
    FETCHED = "fetched", _("Link opened by a bot")
    CLICKED = "clicked", _("Clicked")
    ACCEPTED = "accepted", _("Accepted the offer")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")


class MessageEvent(models.Model):
    """Something was heard of a message. Providers repeat themselves: the same is stored once."""

    message = models.ForeignKey(
        CustomerMessage, on_delete=models.CASCADE, related_name="events", db_index=False, verbose_name=_("message")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=MessageEventKind.choices)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("message event")
        verbose_name_plural = _("message events")
        constraints = (
            models.UniqueConstraint(fields=("message", "kind", "at"), name="one_message_event_per_kind_and_time"),
        )
        indexes = (
            # retention: the oldest of all stores
            models.Index(fields=("at",), name="message_event_at"),
        )

    def __str__(self) -> str:
        return f"{self.message_id}: {self.kind}"
