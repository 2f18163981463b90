"""Who wants to be told what, and how."""

import base64
import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from experiments.models.store import SECRET_KEY_OVERLAP, Store


class Topic(models.TextChoices):
    """What there is to be told about."""

    LAUNCH = "launch", _("A test starts, pauses, or stops")
    GUARDRAIL = "guardrail", _("A guardrail is crossed")
    SAMPLE_RATIO = "sample_ratio", _("A sample ratio mismatch is found")
    LOOK = "look", _("A planned look is reached")
    VERDICT = "verdict", _("A verdict is reached")
    APPROVAL = "approval", _("An approval is asked for, given, or declined")
    FRICTION = "friction", _("Something goes wrong for a customer: a return, a ticket, a late delivery, a payment")
    MENTION = "mention", _("Someone mentions you in a comment")
    DIGEST = "digest", _("A summary of the running tests every Monday")


def default_topics() -> list[str]:
    """What members are told by e-mail unless they say otherwise."""
    topics = (Topic.GUARDRAIL, Topic.SAMPLE_RATIO, Topic.VERDICT, Topic.APPROVAL, Topic.MENTION, Topic.DIGEST)
    return [topic.value for topic in topics]


# What is written for one person, or for people alone: no other system gets it.
FOR_PEOPLE = frozenset({Topic.MENTION, Topic.DIGEST})


def default_channel_topics() -> list[str]:
    """What other systems are told unless somebody chooses otherwise."""
    return [topic for topic in default_topics() if topic not in FOR_PEOPLE]


def new_endpoint_secret() -> str:
    """What signs the messages to one address, in the form of the Standard Webhooks specification."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions, limited."""

    def to(self, topic: Topic) -> Self:
        """Those that ask for a topic."""
        return self.filter(topics__contains=[topic.value])


class Subscription(models.Model):
    """What a user is told about a store by e-mail; members without one get ``default_topics``."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions", verbose_name=_("user")
    )
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="subscriptions", verbose_name=_("store"))
    topics = ArrayField(
        models.CharField(max_length=16, choices=Topic.choices),
        default=default_topics,
        blank=True,
        verbose_name=_("topics"),
    )

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification subscription")
        verbose_name_plural = _("notification subscriptions")
        constraints = (models.UniqueConstraint(fields=("user", "store"), name="one_subscription_per_user_and_store"),)

    def __str__(self) -> str:
        return _("%(user)s: notifications for %(store)s") % {"user": self.user, "store": self.store}


class WebhookTarget(models.Model):
    """An address of the store's own that is told by a signed message; the secret never leaves the servers again."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="webhook_targets", verbose_name=_("store"))
    url = models.URLField(_("address"), max_length=500, help_text=_("An https:// address on the public internet."))
    secret = models.CharField(_("signing secret"), max_length=64, default=new_endpoint_secret, editable=False)
    previous_secret = models.CharField(
        _("previous signing secret"), max_length=64, blank=True, db_default="", editable=False
    )
    previous_secret_expires_at = models.DateTimeField(
        _("previous signing secret signs until"), null=True, blank=True, editable=False
    )
    topics = ArrayField(
        models.CharField(max_length=16, choices=Topic.choices), default=default_topics, verbose_name=_("topics")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_attempt_at = models.DateTimeField(_("last attempt at"), null=True, editable=False)
    last_result = models.CharField(_("last result"), max_length=200, blank=True, editable=False)

    class Meta:
        # The name that the model had in release 0.1: while an upgrade runs, processes of both releases use the table.
        db_table = "experiments_endpoint"
        verbose_name = _("webhook target")
        verbose_name_plural = _("webhook targets")
        ordering = ("store", "url")
        constraints = (models.UniqueConstraint(fields=("store", "url"), name="one_endpoint_per_store_and_url"),)

    def __str__(self) -> str:
        return self.url

    def replace_secret(self) -> None:
        """Make a new secret. For ``SECRET_KEY_OVERLAP`` messages are signed with the one before as well."""
        now, fields = timezone.now(), ["secret", "previous_secret", "previous_secret_expires_at"]
        with transaction.atomic():
            # Against two clicks at once: the second must not take the first one's secret for what the receiver has.
            self.refresh_from_db(fields=fields, from_queryset=WebhookTarget.objects.select_for_update(no_key=True))
            # A secret that was replaced within the week may never have reached the receiver; the one before did.
            if len(self.secrets(now)) == 1:
                self.previous_secret = self.secret
            self.previous_secret_expires_at = now + SECRET_KEY_OVERLAP
            self.secret = new_endpoint_secret()
            self.save(update_fields=fields)

    def secrets(self, now: datetime) -> list[str]:
        """The secrets that sign messages at this time, the current one first."""
        if self.previous_secret_expires_at is not None and now < self.previous_secret_expires_at:
            return [self.secret, self.previous_secret]
        return [self.secret]


class SlackChannel(models.Model):
    """A channel of the store's Slack, or of a chat that takes the same messages; the address is a secret."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="slack_channels", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Such as the channel's, #checkout-tests."))
    webhook_url = models.CharField(_("webhook URL"), max_length=500)
    topics = ArrayField(
        models.CharField(max_length=16, choices=Topic.choices), default=default_channel_topics, verbose_name=_("topics")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_attempt_at = models.DateTimeField(_("last attempt at"), null=True, editable=False)
    last_result = models.CharField(_("last result"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("Slack channel")
        verbose_name_plural = _("Slack channels")
        ordering = ("store", "name", "id")

    def __str__(self) -> str:
        return self.name


class WebhookAttempt(models.Model):
    """One attempt to send a message to a store's own system, and what came of it. Nothing of the message is kept."""

    target = models.ForeignKey(
        WebhookTarget, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("address")
    )
    message_id = models.CharField(_("message"), max_length=64)
    message_type = models.CharField(_("type"), max_length=64)
    at = models.DateTimeField(_("time"))
    status = models.PositiveSmallIntegerField(_("status"), null=True, help_text=_("Empty if there was no answer."))
    duration_ms = models.PositiveIntegerField(_("milliseconds"))
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts of the last 30 days")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("target", "-at"), name="attempts_of_target"),  # the page of an address
            models.Index(fields=("at",), name="attempts_by_time"),  # what the nightly job deletes
        )

    def __str__(self) -> str:
        return f"{self.message_type}, {self.at:%Y-%m-%d %H:%M:%S} UTC"
