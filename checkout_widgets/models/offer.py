"""What is sold: products, price, kind."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checkout_widgets import availability
from checkout_widgets.models.product import Product
from experiments.models import Store
from experiments.models.store import CURRENCY_CODE
from experiments.models.years import validate_year


class OfferKind(models.TextChoices):
    """What sort of offer it is."""

    CROSS_SELL = "cross_sell", _("Cross-sell")
    UPGRADE = "upgrade", _("Upgrade")
    BUNDLE = "bundle", _("Bundle")
    QUANTITY_BREAK = "quantity_break", _("Quantity break")
    PROTECTION_PLAN = "protection_plan", _("Protection plan")
    EXPEDITED_SHIPPING = "expedited_shipping", _("Expedited shipping")
    INSURANCE = "insurance", _("Insurance")
    SUBSCRIPTION = "subscription", _("Subscription")
    DISCOUNT = "discount", _("Discount")
    ONBOARDING = "onboarding", _("Onboarding")


class BillingPeriod(models.TextChoices):
    """How often the price is paid."""

    ONCE = "", _("Once")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")
    YEAR = "year", _("Every year")


class OfferPairing(models.TextChoices):
    """Which of the products that go with a cart an offer sells, instead of fixed ones."""

    FIXED = "", _("Fixed products")
    BEST = "best", _("The best pair")
    SECOND = "second", _("The second-best pair")
    BOTH = "both", _("The best two pairs")


class PairSource(models.TextChoices):
    """Whose pairs an offer sells."""

    ALL = "", _("Pinned, then counted")
    PINNED = "pinned", _("Pinned only")
    COUNTED = "counted", _("Counted only")


class Offer(models.Model):
    """Products at one price for all of them together; ``stock_limit`` and the dates end it by themselves.

    With a ``pairing`` it sells what goes with the shopper's cart instead, at the catalogue's price less
    ``pair_discount`` percent, and its own price says nothing.

    The worker counts ``recent_orders``, those of the last 30 days with one of its products, and how many ``owners`` of
    ``share_of`` there are, of whom ``owners_with`` have also bought one (``recommending/owner_shares.py``).
    ``untrue_claims`` are those that the team was told of.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="offers", db_index=False, verbose_name=_("store")
    )
    key = models.SlugField(_("key"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=32, choices=OfferKind.choices, default=OfferKind.CROSS_SELL)
    pairing = models.CharField(
        _("sells"),
        max_length=6,
        choices=OfferPairing.choices,
        blank=True,
        default=OfferPairing.FIXED,
        db_default="",
        help_text=_("Fixed products, or what goes best with each shopper's cart."),
    )
    pair_source = models.CharField(
        _("pairs from"), max_length=7, choices=PairSource.choices, blank=True, default=PairSource.ALL, db_default=""
    )
    pair_discount = models.PositiveSmallIntegerField(
        _("discount in percent"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(90)],
        help_text=_("Off the catalog's price of a pair. Everybody who gets the offer pays the same price."),
    )
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY_CODE])
    price_minor = models.BigIntegerField(
        _("price"), validators=[MinValueValidator(0)], help_text=_("For all items together")
    )
    compare_at_minor = models.BigIntegerField(
        _("compare-at price"),
        null=True,
        blank=True,
        help_text=_("What the items cost without the offer. Shown only if it is higher than the price."),
    )
    billing_period = models.CharField(
        _("billing period"),
        max_length=8,
        choices=BillingPeriod.choices,
        default=BillingPeriod.ONCE,
        blank=True,
        help_text=_("For subscriptions"),
    )
    terms = models.CharField(
        _("terms"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("Shown with the offer in every layout: returns, how to cancel, what is included."),
    )
    terms_translations = models.JSONField(
        _("terms in other languages"),
        default=dict,
        db_default={},
        blank=True,
        help_text=_("By language, such as de. Languages that are missing show the terms above."),
    )
    replaces = models.ForeignKey(
        Product,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="upgrades",
        verbose_name=_("replaces"),
        help_text=_("The product in the cart that an upgrade replaces"),
    )
    stock_limit = models.PositiveIntegerField(
        _("sales limit"),
        null=True,
        blank=True,
        help_text=_("How many can be sold in all. A tier of 3 counts as 3."),
    )
    starts_at = models.DateTimeField(_("starts at"), null=True, blank=True, validators=[validate_year])
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True, validators=[validate_year])
    is_active = models.BooleanField(_("active"), default=True)
    # Counted ahead by the worker, as the edge decides without a query.
    recent_orders = models.PositiveIntegerField(_("orders of the last 30 days"), default=0, editable=False)
    share_of = models.ForeignKey(
        Product,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("bought by owners of"),
        help_text=_(
            "For {share}, {share_count} and {share_base} in the words: how many customers who bought this product also "
            "bought the offer's. Counted every day."
        ),
    )
    owners = models.IntegerField(_("owners"), default=0, db_default=0, editable=False)
    owners_with = models.IntegerField(_("owners who also bought"), default=0, db_default=0, editable=False)
    quote_text = models.CharField(
        _("quote"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("What a customer said, for {quote} in the words. Empty it, and widgets and messages leave it out."),
    )
    quote_name = models.CharField(_("who said it"), max_length=80, blank=True, default="", db_default="")
    quote_source = models.CharField(
        _("where it was said"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text=_("Such as a review site"),
    )
    quote_date = models.DateField(_("when it was said"), null=True, blank=True)
    untrue_claims = models.JSONField(_("claims that aren't true"), default=list, db_default=[], editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = (
            models.UniqueConstraint(fields=("store", "key"), name="one_offer_per_store_and_key"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="offer_price_is_not_negative"),
            # What would have no price, or would depend on which product it is.
            models.CheckConstraint(
                condition=Q(pairing="")
                | Q(
                    kind=OfferKind.CROSS_SELL,
                    price_minor=0,
                    compare_at_minor__isnull=True,
                    billing_period="",
                    replaces__isnull=True,
                ),
                name="offer_of_pairs_is_a_plain_cross_sell",
                violation_error_message=_(
                    "An offer of pairs is a cross-sell at the catalog's prices. Choose Cross-sell, and leave price, "
                    "compare-at price, billing period, and the replaced product empty."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(pairing="") | Q(pair_source="", pair_discount=0),
                name="offer_of_fixed_products_has_no_pair_settings",
                violation_error_message=_(
                    "The source of pairs and their discount are for offers of pairs. Clear them, or choose a pair."
                ),
            ),
            models.CheckConstraint(condition=Q(pair_discount__lte=90), name="offer_pair_discount_is_at_most_90"),
            # A claim that nobody could check: a quote has all of it, or there is none.
            models.CheckConstraint(
                condition=Q(quote_text="") | (~Q(quote_name="") & ~Q(quote_source="") & Q(quote_date__isnull=False)),
                name="offer_quote_has_name_source_and_date",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")),
                name="offer_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a quote that nobody could check, and a share that would say nothing. Raises ``ValidationError``."""
        if not self.store_id:  # which the form says already
            return
        problems = self.quote_problems()
        if self.share_of is not None:
            problems |= self.share_problems(self.share_of)
        if problems:
            raise ValidationError(problems)

    def quote_problems(self) -> dict[str, str]:
        """Return by field what a quote lacks; nothing without a quote."""
        problems: dict[str, str] = {}
        if not self.quote_text:
            return problems
        if not self.quote_name:
            problems["quote_name"] = gettext("A quote needs a name. Enter who said it, or clear the quote.")
        if not self.quote_source:
            problems["quote_source"] = gettext("A quote needs a source. Enter where it was said, or clear the quote.")
        if self.quote_date is None:
            problems["quote_date"] = gettext("A quote needs a date. Enter when it was said, or clear the quote.")
        elif self.quote_date > timezone.localdate(timezone=self.store.zone):
            problems["quote_date"] = gettext("This day is in the future. Enter the day it was said.")
        return problems

    def share_problems(self, owned: Product) -> dict[str, str]:
        """Return why a share of this product's owners can't be said; nothing where it can."""
        if owned.store_id != self.store_id:
            problem = gettext("This product belongs to a different store. Choose a product of the offer's store.")
            return {"share_of": problem}
        if self.pk and self.items.filter(product=owned).exists():
            # Everybody who owns it has bought it.
            return {"share_of": gettext("The offer sells this product itself. Choose one that people bought before.")}
        return {}

    def is_open(self, now: datetime) -> bool:
        """Whether the offer is active and ``now`` is within its dates."""
        return self.is_active and availability.is_within(now, self.starts_at, self.ends_at)

    def is_in_stock(self, times: int = 1) -> bool:
        """Whether every product can be delivered so many times more, and the limit allows it."""
        return availability.are_left(self.times_left(), times)

    def times_left(self) -> int | None:
        """Return how often the offer can still be had; None where nothing is counted."""
        # An item that was given the offer keeps it, so that asking for its store is no further query.
        items = self.items.select_related("product")
        stocks = [(item.stock(), item.quantity) for item in items]
        limit_left = None
        if self.stock_limit is not None:
            limit_left = self.stock_limit - self.accepted()
        if self.pairing:  # of the products, only those in stock are ever suggested
            return availability.limit_of_pairs(limit_left)
        return availability.times_left(stocks, limit_left)

    def accepted(self) -> int:
        """How many were accepted so far; a tier of 3 counts as 3."""
        return self.acceptances.aggregate(sum=Sum("quantity"))["sum"] or 0


class OfferItem(models.Model):
    """A product in an offer."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="items", verbose_name=_("offer"))
    product = models.ForeignKey(
        Product, on_delete=models.RESTRICT, related_name="offer_items", verbose_name=_("product")
    )
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # What may be said that one cost before, worked out ahead by the worker (``price_history``); null where nothing
    # limits it.
    reference_minor = models.BigIntegerField(_("price that it had"), null=True, editable=False)

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("product in an offer")
        verbose_name_plural = _("products in an offer")
        constraints = (
            models.UniqueConstraint(fields=("offer", "product"), name="one_item_per_offer_and_product"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="offer_item_quantity_is_positive"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product}"

    def stock(self) -> int | None:
        """Return how many of the product the offer's store has; None where it doesn't count them."""
        product = self.product
        is_sold = product.is_active and product.store_id == self.offer.store_id
        return availability.stock_of_product(product.stock, is_sold=is_sold)


class OfferTier(models.Model):
    """The price of an offer taken several times at once."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="tiers", verbose_name=_("offer"))
    quantity = models.PositiveSmallIntegerField(
        _("quantity"),
        validators=[MinValueValidator(2), MaxValueValidator(1_000)],
        help_text=_("How many sets of the offer's items"),
    )
    price_minor = models.BigIntegerField(
        _("price"), validators=[MinValueValidator(0)], help_text=_("For the whole quantity")
    )

    class Meta:
        ordering = ("quantity",)
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = (
            models.UniqueConstraint(fields=("offer", "quantity"), name="one_tier_per_offer_and_quantity"),
            models.CheckConstraint(condition=Q(quantity__gte=2), name="offer_tier_is_of_several"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="offer_tier_price_is_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} x {self.offer}"


class Acceptance(models.Model):
    """An accepted offer: what its signed token says, so that it can be repeated by the idempotency key and
    redeemed once. ``lines`` is a list of ``{"sku", "quantity", "price_minor"}`` with ``external_id`` where the product
    has one, ``replaces`` the product that goes out of the cart; ``quantity`` is the tier, 1 for the offer itself.
    ``reference`` is what the store redeemed it for, such as an order; empty where it said nothing. ``about`` is what
    the shown offer's token says of the visit, such as the device, for counts by it. ``step`` is the answer after which
    it was offered, where it came second in a sequence."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="acceptances", db_index=False, verbose_name=_("store")
    )
    jti = models.UUIDField(_("token ID"), unique=True)
    idempotency_key = models.CharField(_("idempotency key"), max_length=64)
    visitor_id = models.CharField(_("visitor ID"), max_length=64)
    offer = models.ForeignKey(Offer, on_delete=models.RESTRICT, related_name="acceptances", verbose_name=_("offer"))
    experiment_key = models.CharField(_("test key"), max_length=64)
    variant_key = models.CharField(_("variant key"), max_length=64)
    currency = models.CharField(_("currency"), max_length=3)
    total_minor = models.BigIntegerField(_("total"))
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    lines = models.JSONField(_("lines"))
    replaces = models.JSONField(_("replaces"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"))
    expires_at = models.DateTimeField(_("expires at"))
    redeemed_at = models.DateTimeField(_("redeemed at"), null=True)
    reference = models.CharField(_("reference"), max_length=64, blank=True, default="", db_default="")
    about = models.JSONField(_("visit"), default=dict, db_default={}, editable=False)
    step = models.CharField(_("step"), max_length=8, blank=True, default="", db_default="", editable=False)

    class Meta:
        ordering = ("-accepted_at",)
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        constraints = (
            # A click that is sent twice at the same time is accepted once.
            models.UniqueConstraint(
                fields=("store", "visitor_id", "idempotency_key"), name="one_acceptance_per_idempotency_key"
            ),
        )
        # The setup page: how many offers of a store were accepted in a time
        indexes = (models.Index(fields=("store", "accepted_at"), name="acceptance_store_accepted"),)

    def __str__(self) -> str:
        return str(self.jti)
