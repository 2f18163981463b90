"""A store: the tenant that everything but users belongs to."""

import secrets
from datetime import date, datetime, timedelta
from itertools import chain, count
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from experiments import retired_secrets

CURRENCY_CODE = RegexValidator(r"^[A-Z]{3}$", _("Enter an ISO 4217 currency code, such as EUR."))
# How long a replaced key stays valid: the store's servers are given the new one by hand.
SECRET_KEY_OVERLAP = timedelta(days=7)
KEY_FIELDS = ("secret_key", "previous_secret_key", "previous_secret_key_expires_at", "older_secret_keys")


def new_site_key() -> str:
    """A public key: names the store in the snippet."""
    return f"pk_{secrets.token_urlsafe(18)}"


def new_secret_key() -> str:
    """A secret key: signs acceptance tokens and authenticates the store's servers."""
    return f"sk_{secrets.token_urlsafe(32)}"


class ConsentMode(models.TextChoices):
    """Whether the snippet waits for the shopper's consent."""

    REQUIRED = "required", _("Wait for consent")
    NOT_REQUIRED = "not_required", _("Not needed")


class UnsignedOrders(models.TextChoices):
    """Whether orders count that only the shopper's browser tells of, and that anybody could make up."""

    UNTIL_SIGNED = "until_signed", _("Until the shop itself sends orders")
    NEVER = "never", _("Never")
    ALWAYS = "always", _("Always, although anyone can forge orders")


class CompareAtRule(models.TextChoices):
    """What a compare-at price has to have been, so that widgets show it."""

    HAS_BEEN = "has_been", _("A price of the last 90 days")
    LOWEST = "lowest", _("At most the lowest price of the last 30 days (EU)")


class ApprovalRule(models.TextChoices):
    """What a second person has to approve, where a store wants it."""

    LAUNCH = "launch", _("Launching a test")
    ROLL_OUT = "roll_out", _("Rolling out a variant")
    AGAINST_VERDICT = "against_verdict", _("Deciding against the verdict")


class Store(models.Model):
    """A shop. ``site_key`` is public; ``secret_key`` never leaves the servers."""

    slug = models.SlugField(_("slug"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3, default="EUR", validators=[CURRENCY_CODE])
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC")
    site_key = models.CharField(_("site key"), max_length=64, unique=True, default=new_site_key)
    secret_key = models.CharField(_("secret key"), max_length=64, unique=True, default=new_secret_key)
    previous_secret_key = models.CharField(_("previous secret key"), max_length=64, blank=True)
    previous_secret_key_expires_at = models.DateTimeField(_("previous secret key valid until"), null=True, blank=True)
    older_secret_keys = models.JSONField(
        _("older secret keys"), default=list, db_default=[], blank=True, editable=False
    )
    allowed_origins = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text=_("The origins of the pages that show offers, such as https://shop.example."),
        verbose_name=_("allowed origins"),
    )
    consent_mode = models.CharField(
        _("consent"), max_length=16, choices=ConsentMode.choices, default=ConsentMode.NOT_REQUIRED
    )
    is_tax_revenue = models.BooleanField(
        _("count tax as revenue"),
        default=False,
        help_text=_("Changing this recomputes all results, which can take some minutes."),
    )
    is_shipping_revenue = models.BooleanField(
        _("count shipping as revenue"),
        default=False,
        help_text=_("Changing this recomputes all results, which can take some minutes."),
    )
    is_automation_counted = models.BooleanField(
        _("count automated browsers"),
        default=False,
        help_text=_(
            "Turn on only if automated visits, such as your own end-to-end tests, should count like shoppers' visits."
        ),
    )
    unsigned_orders = models.CharField(
        _("count orders reported only by the browser"),
        max_length=16,
        choices=UnsignedOrders.choices,
        default=UnsignedOrders.UNTIL_SIGNED,
        db_default=UnsignedOrders.UNTIL_SIGNED,
        help_text=_("Changing this recomputes all results, which can take some minutes."),
    )
    is_repeat_counted = models.BooleanField(
        _("count renewals and copies"),
        default=False,
        db_default=False,
        help_text=_(
            "Orders that the shop makes from earlier ones, such as subscription renewals. "
            "Changing this recomputes all results, which can take some minutes."
        ),
    )
    unpaid_left_out_since = models.DateTimeField(
        _("unpaid orders excluded since"),
        null=True,
        editable=False,
        help_text=_("Since when unpaid orders don't count. Empty if they never counted."),
    )
    first_signed_at = models.DateTimeField(
        _("first order from the shop received at"),
        null=True,
        editable=False,
        help_text=_("When the shop itself first sent an order."),
    )
    holdout_share = models.FloatField(
        _("holdout share"),
        default=0.0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("The share of visitors who never see an offer, from 0 to 1."),
    )
    max_offers_per_session = models.PositiveSmallIntegerField(_("maximum offers per session"), default=2)
    max_offers_per_day = models.PositiveSmallIntegerField(_("maximum offers per day"), default=4)
    decline_silence_hours = models.PositiveSmallIntegerField(_("hours without offers after a decline"), default=24)
    asks_why_declined = models.BooleanField(
        _("ask why an offer was declined"),
        default=False,
        db_default=False,
        help_text=_(
            "If on, shoppers who decline an offer can say why, by one tap that they may leave out. They see no second "
            "question."
        ),
    )
    free_shipping_minor = models.BigIntegerField(
        _("free shipping from"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("The cart value from which shipping is free. Leave empty if shipping is never free, or always."),
    )
    compare_at_rule = models.CharField(
        _("compare-at prices"),
        max_length=8,
        choices=CompareAtRule.choices,
        default=CompareAtRule.HAS_BEEN,
        db_default=CompareAtRule.HAS_BEEN,
        help_text=_(
            "What a compare-at price must have been. Stores that sell to consumers in the EU need the lowest price "
            "of the 30 days before the reduction (Directive 98/6/EC, Article 6a)."
        ),
    )
    is_personal_price_marked = models.BooleanField(
        _("say when a price is personal"),
        default=False,
        db_default=False,
        help_text=_(
            "If on, an offer whose price other shoppers don't get says so. EU law asks for it where an automated "
            "decision sets the price (Directive 2011/83/EU, Article 6(1)(ea))."
        ),
    )
    preview_url = models.URLField(
        _("preview page"),
        max_length=500,
        blank=True,
        help_text=_(
            "The page where previews open, such as https://shop.example/cart. If empty, the first allowed origin."
        ),
    )
    retention_days = models.PositiveIntegerField(
        _("days to keep events"), default=730, validators=[MinValueValidator(1)]
    )
    approval_rules = ArrayField(
        models.CharField(max_length=16, choices=ApprovalRule.choices),
        default=list,
        db_default=[],
        blank=True,
        editable=False,
        verbose_name=_("steps that need approval"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(holdout_share__gte=0, holdout_share__lte=1), name="store_holdout_share_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="store_currency_is_iso_4217"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def preview_page(self) -> str:
        """The page that previews open: ``preview_url``, else the first allowed origin; empty where there is neither."""
        return self.preview_url or next(iter(self.allowed_origins), "")

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone, or UTC where this machine doesn't know it."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def day_of(self, at: datetime) -> date:
        """The day on the store's calendar."""
        return at.astimezone(self.zone).date()

    def begin_of(self, day: date) -> datetime:
        """When a day of the store's calendar begins."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)

    def free_key(self, stem: str) -> str:
        """A key that no experiment of the store has: the stem, or the first of ``stem-2``, ``stem-3`` and so on."""
        taken = set(self.experiments.filter(key__startswith=stem).values_list("key", flat=True))
        others = (f"{stem}-{number}" for number in count(2))
        return next(key for key in chain([stem], others) if key not in taken)

    def rotate_secret_key(self) -> None:
        """Make a new secret key; each one before stays valid for ``SECRET_KEY_OVERLAP`` after it was replaced."""
        now, fields = timezone.now(), [*KEY_FIELDS, "updated_at"]
        with transaction.atomic():
            # Against two clicks at once: the second replaces the key that the first has made, and that stays valid.
            self.refresh_from_db(fields=KEY_FIELDS, from_queryset=Store.objects.select_for_update(no_key=True))
            self.older_secret_keys = retired_secrets.kept(
                self.older_secret_keys, self.previous_secret_key, self.previous_secret_key_expires_at, now
            )
            self.previous_secret_key = self.secret_key
            self.previous_secret_key_expires_at = now + SECRET_KEY_OVERLAP
            self.secret_key = new_secret_key()
            self.save(update_fields=fields)


class Role(models.TextChoices):
    """What a member may do in a store."""

    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    ADMIN = "admin", _("Admin")


class Membership(models.Model):
    """A user's role in a store."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("store"))
    role = models.CharField(_("role"), max_length=8, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (models.UniqueConstraint(fields=("user", "store"), name="one_membership_per_user_and_store"),)

    def __str__(self) -> str:
        words = {"user": self.user, "role": self.get_role_display(), "store": self.store}
        return _("%(user)s: %(role)s of %(store)s") % words
