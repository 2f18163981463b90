"""How an offer is shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from checkout_widgets.models.offer import Offer
from experiments.models import Variant


class Layout(models.TextChoices):
    """The shapes that a widget can take."""

    CARD = "card", _("Inline card")
    LINE = "line", _("Compact line")
    BUMP = "bump", _("Checkbox")
    BUNDLE = "bundle", _("Bundle")
    COMPARISON = "comparison", _("Comparison of two versions")
    QUANTITY_BREAK = "quantity_break", _("Quantity break")
    FREE_SHIPPING = "free_shipping", _("Free-shipping progress")
    DIALOG = "dialog", _("Dialog")


class ShopperAnswer(models.TextChoices):
    """What a shopper answered to an offer."""

    ACCEPTED = "accepted", _("After a yes")
    DECLINED = "declined", _("After a no")


class OfferDesign(models.Model):
    """Copy, layout and theme that an offer is shown with.

    In the copy, ``{price}``, ``{saving}`` and ``{difference}`` stand for the offer's. ``comparison`` is
    ``{"columns": [in the cart, offered], "rows": [{"label": "...", "values": [in the cart, offered]}]}``.
    ``translations`` maps a locale to the fields it overrides: ``{"de": {"headline": "..."}}``. ``phone_copy`` does so
    for phones, ``""`` being the language of the copy itself: ``{"": {"headline": "..."}, "de": {"headline": "..."}}``.
    """

    layout = models.CharField(_("layout"), max_length=16, choices=Layout.choices, default=Layout.CARD)
    phone_layout = models.CharField(
        _("layout on phones"),
        max_length=16,
        choices=[("", _("Same layout")), *Layout.choices],
        blank=True,
    )
    headline = models.CharField(_("headline"), max_length=120)
    body = models.CharField(_("body"), max_length=500, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("Why this product fits this cart"))
    social_proof = models.CharField(_("social proof"), max_length=200, blank=True)
    accept_label = models.CharField(_("accept button text"), max_length=60, default="Add for {price}")
    decline_label = models.CharField(_("decline button text"), max_length=60, default="No thanks")
    terms_label = models.CharField(
        _("terms link text"),
        max_length=60,
        blank=True,
        help_text=_('Leave it empty to show "Terms" in the shopper\'s language.'),
    )
    terms_url = models.URLField(_("terms URL"), max_length=500, blank=True)
    comparison = models.JSONField(_("comparison"), default=dict, blank=True)
    theme = models.JSONField(_("theme"), default=dict, blank=True)
    translations = models.JSONField(_("languages"), default=dict, blank=True)
    phone_copy = models.JSONField(_("words on phones"), default=dict, db_default={}, blank=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.headline


class Widget(OfferDesign):
    """What a treatment variant shows."""

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, related_name="widget", verbose_name=_("variant"))
    offer = models.ForeignKey(Offer, on_delete=models.RESTRICT, related_name="widgets", verbose_name=_("offer"))

    class Meta:
        verbose_name = _("widget")
        verbose_name_plural = _("widgets")


class NextWidget(OfferDesign):
    """The second offer of a sequence: what a treatment variant shows once its widget was answered.

    One that is switched off stays as it was written.
    """

    variant = models.ForeignKey(
        Variant, on_delete=models.CASCADE, related_name="next_widgets", verbose_name=_("variant")
    )
    offer = models.ForeignKey(Offer, on_delete=models.RESTRICT, related_name="next_widgets", verbose_name=_("offer"))
    # Not "after": the triggers that count changes call the changed rows so.
    after = models.CharField(_("shown"), max_length=8, choices=ShopperAnswer.choices, db_column="shown_after")
    is_shown = models.BooleanField(_("switched on"), default=True)

    class Meta:
        verbose_name = _("second offer")
        verbose_name_plural = _("second offers")
        constraints = (
            models.UniqueConstraint(fields=("variant", "after"), name="one_second_offer_per_answer"),
            models.CheckConstraint(
                condition=models.Q(after__in=ShopperAnswer.values), name="second_offer_follows_a_known_answer"
            ),
        )
