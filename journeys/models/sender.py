"""Who a store's messages are from, and whether they may go out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Store


class DomainState(models.TextChoices):
    """What the domain's records say."""

    UNKNOWN = "unknown", _("Not checked yet")
    OK = "ok", _("OK")
    WRONG = "wrong", _("Wrong")


class SendingLimit(models.TextChoices):
    """What is heard of messages that mail providers hold against a sender."""

    COMPLAINTS = "complaints", _("Marked as spam")
    OPT_OUTS = "opt_outs", _("Opted out")
    BOUNCES = "bounces", _("Hard bounces")


class Sender(models.Model):
    """Who a store's messages are from.

    ``is_on`` is the store's switch. ``problems`` are what the last look at the domain's records found, one sentence
    each with its fix. ``paused_for`` is the limit at which sending was paused by itself; ``warned_for`` are those that
    the team was warned of, which it is once until they are kept again. ``counted_since`` is from when on messages are
    counted against the limits, where somebody has turned sending on again. ``signature_seen_of`` is the way to send and
    the domain of which a received message has shown that its signature covers the headers to unsubscribe.
    """

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="sender", verbose_name=_("store"))
    is_on = models.BooleanField(_("sends messages"), default=False)
    name = models.CharField(_("name"), max_length=100, blank=True)
    address = models.EmailField(_("from"), blank=True)
    reply_to = models.EmailField(_("replies to"), blank=True)
    postal_address = models.TextField(_("postal address"), max_length=300, blank=True)
    provider = models.CharField(_("provider"), max_length=32, default="smtp")
    accept_url = models.URLField(
        _("page that adds accepted offers to the cart"),
        max_length=500,
        blank=True,
        help_text=_(
            "The page of the store that adds an accepted offer to the cart. It gets the token as ?offerlift_token="
        ),
    )
    per_minute = models.PositiveIntegerField(_("messages per minute"), default=60)
    spf = models.CharField(_("SPF"), max_length=8, choices=DomainState.choices, default=DomainState.UNKNOWN)
    dkim = models.CharField(_("DKIM"), max_length=8, choices=DomainState.choices, default=DomainState.UNKNOWN)
    dmarc = models.CharField(_("DMARC"), max_length=8, choices=DomainState.choices, default=DomainState.UNKNOWN)
    problems = ArrayField(models.CharField(max_length=300), default=list, blank=True, verbose_name=_("problems"))
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    signature_seen_of = models.CharField(
        _("signature seen of"), max_length=160, blank=True, default="", db_default="", editable=False
    )
    is_soft_opt_in = models.BooleanField(_("soft opt-in for customers of similar products"), default=False)
    holdout_share = models.FloatField(_("message holdout"), default=0.0)
    quiet_from = models.PositiveSmallIntegerField(_("quiet from"), default=21)
    quiet_until = models.PositiveSmallIntegerField(_("quiet until"), default=8)
    minute_began_at = models.DateTimeField(_("minute of the rate began at"), null=True, editable=False)
    claimed_in_minute = models.PositiveIntegerField(_("messages claimed in that minute"), default=0, editable=False)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True, editable=False)
    paused_for = models.CharField(
        _("paused because of"), max_length=16, choices=SendingLimit.choices, blank=True, default="", editable=False
    )
    warned_for = ArrayField(
        models.CharField(max_length=16, choices=SendingLimit.choices),
        default=list,
        blank=True,
        editable=False,
        verbose_name=_("warned of"),
    )
    counted_since = models.DateTimeField(_("counted since"), null=True, blank=True, editable=False)
    weekly_cap = models.PositiveSmallIntegerField(_("messages per customer and week"), default=1)

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(holdout_share__gte=0, holdout_share__lte=0.5),
                name="sender_holdout_share_is_at_most_half",
            ),
        )

    def __str__(self) -> str:
        return self.name or str(self.store)


class SendingSwitch(models.Model):
    """Whether this installation sends at all: one row. What was sent last is remembered outside the database."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_on = models.BooleanField(_("sends messages"), default=True)
    off_reason = models.CharField(_("off because"), max_length=200, blank=True)
    resumed_since = models.DateTimeField(_("nothing sent since"), null=True, blank=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("sending switch")
        verbose_name_plural = _("sending switches")
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_sending_switch"),)

    def __str__(self) -> str:
        return f"on: {self.is_on}"
