"""A customer of a store, how they can be reached, and what they agreed to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from experiments.models import Store

SEND_POINT_DAYS = 730  # sums at 365 days need a year after the send point, and somebody a year to read them
MESSAGE_EVENT_DAYS = 400  # this month against the same one of last year
IDLE_CONTACT_DAYS = 1_095  # after three years without a word nobody expects an offer


class Channel(models.TextChoices):
    """How a message reaches a contact."""

    EMAIL = "email", _("Email")


class Contact(models.Model):
    """A customer of a store.

    ``customer_key`` is the one that the customer's orders carry (``experiments.accounting.customer_keys``), and what
    assignment hashes: it never changes, also where a guest is later known by the shop's own ID. ``seen_at`` is when
    their shop last said anything of them; who is idle for long is forgotten. ``friction_until`` silences every offer.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="contacts", db_index=False, verbose_name=_("store")
    )
    customer_key = models.CharField(_("customer key"), max_length=62)
    locale = models.CharField(_("language"), max_length=16, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    friction_until = models.DateTimeField(_("silent until"), null=True, blank=True)
    last_send_point_at = models.DateTimeField(_("last send point at"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen at"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("-created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("store", "customer_key"), name="one_contact_per_store_and_customer"),
        )
        indexes = (
            # retention: contacts of whom nothing was heard for long
            models.Index(fields=("store", "seen_at"), name="contact_store_seen"),
        )

    def __str__(self) -> str:
        return self.customer_key


class AddressState(models.TextChoices):
    """Whether messages to the address arrive."""

    OK = "ok", _("OK")
    SOFT_BOUNCED = "soft_bounced", _("Soft bounce")
    DEAD = "dead", _("Hard bounce")


class Address(models.Model):
    """An address of a contact. Nobody reads it but whoever sends: ``value`` is encrypted, ``digest`` finds it.

    ``key_id`` names the key of ``ADDRESS_KEYS`` that ``value`` is encrypted with. ``named_at`` is when the shop last
    said that this is the contact's address: the newest is written to.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="addresses", db_index=False, verbose_name=_("store")
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses", verbose_name=_("contact"))
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices, default=Channel.EMAIL)
    value = models.BinaryField(_("encrypted address"))
    key_id = models.CharField(_("key"), max_length=16)
    digest = models.CharField(_("digest"), max_length=64)
    state = models.CharField(_("state"), max_length=16, choices=AddressState.choices, default=AddressState.OK)
    named_at = models.DateTimeField(_("named at"), default=timezone.now)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = (
            models.UniqueConstraint(fields=("store", "channel", "digest"), name="one_address_per_store_and_digest"),
        )
        indexes = (
            # which keys are in use, and what a key that is replaced still encrypts
            models.Index(fields=("key_id",), name="address_key"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.digest[:8]}"


class ConsentBasis(models.TextChoices):
    """On what a marketing message may rest."""

    OPT_IN = "opt_in", _("Opted in")
    SOFT_OPT_IN = "soft_opt_in", _("Soft opt-in: customer of similar products")
    NONE = "none", _("No consent")


class ConsentRecord(models.Model):
    """What was said about messages to an address, and when. Nothing is ever changed here: the newest holds.

    ``topic`` is empty for all offers. ``source`` is who said so, such as ``shopify`` or ``preferences``.
    ``wording_version`` is what was agreed to, as the source names it. ``categories`` are those of the products that
    somebody bought: a soft opt-in is good for these alone.
    """

    address = models.ForeignKey(
        Address, on_delete=models.CASCADE, related_name="consent_records", db_index=False, verbose_name=_("address")
    )
    basis = models.CharField(_("basis"), max_length=16, choices=ConsentBasis.choices)
    topic = models.CharField(_("topic"), max_length=32, blank=True)
    source = models.CharField(_("source"), max_length=32)
    wording_version = models.CharField(_("version of the wording"), max_length=64, blank=True)
    categories = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name=_("categories"))
    said_at = models.DateTimeField(_("said at"))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("consent record")
        verbose_name_plural = _("consent records")
        constraints = (
            # a delivery that comes twice says nothing new
            models.UniqueConstraint(
                fields=("address", "topic", "source", "said_at", "basis"), name="one_consent_record_per_statement"
            ),
        )
        indexes = (
            # the newest of an address
            models.Index(fields=("address", "topic", "-said_at"), name="consent_address_newest"),
        )

    def __str__(self) -> str:
        return f"{self.basis} by {self.source}"


class SuppressionReason(models.TextChoices):
    """Why an address gets nothing more."""

    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    COMPLAINED = "complained", _("Spam complaint")
    BOUNCED = "bounced", _("Hard bounce")
    ASKED = "asked", _("Asked the store to stop")


# What somebody said themselves, and may take back.
BY_CHOICE = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.ASKED)


class Suppression(models.Model):
    """An address that gets nothing more, or nothing of one topic. It names no contact and outlives all of them."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="suppressions", db_index=False, verbose_name=_("store")
    )
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices, default=Channel.EMAIL)
    digest = models.CharField(_("digest"), max_length=64)
    topic = models.CharField(_("topic"), max_length=32, blank=True)
    reason = models.CharField(_("reason"), max_length=16, choices=SuppressionReason.choices)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = (
            models.UniqueConstraint(
                fields=("store", "channel", "digest", "topic"), name="one_suppression_per_address_and_topic"
            ),
        )

    def __str__(self) -> str:
        return f"{self.digest[:8]}: {self.reason}"


class ContactRetention(models.Model):
    """How long a store keeps what it knows of contacts, in days. A store without a row keeps it as the defaults say."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, related_name="contact_retention", verbose_name=_("store")
    )
    send_point_days = models.PositiveSmallIntegerField(_("days of send points"), default=SEND_POINT_DAYS)
    message_event_days = models.PositiveSmallIntegerField(_("days of message events"), default=MESSAGE_EVENT_DAYS)
    idle_contact_days = models.PositiveSmallIntegerField(_("days of idle contacts"), default=IDLE_CONTACT_DAYS)

    class Meta:
        verbose_name = _("retention of contacts")
        verbose_name_plural = _("retention of contacts")
        constraints = (
            # a message may be answered, and a test be read, for a while after
            models.CheckConstraint(
                condition=models.Q(send_point_days__gte=90, message_event_days__gte=30, idle_contact_days__gte=90),
                name="contact_retention_is_long_enough",
            ),
        )

    def __str__(self) -> str:
        return str(self.store)
