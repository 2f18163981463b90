"""How an offer is shown."""

from django.db import models

from checkout_widgets.models.offer import Offer
from experiments.models import Variant


class Layout(models.TextChoices):
    """The shapes that a widget can take."""

    CARD = "card", "Inline card"
    LINE = "line", "Compact line"
    BUMP = "bump", "Checkbox"
    BUNDLE = "bundle", "Bundle"
    COMPARISON = "comparison", "Comparison of two versions"
    QUANTITY_BREAK = "quantity_break", "Quantity break"
    FREE_SHIPPING = "free_shipping", "Free-shipping progress"
    DIALOG = "dialog", "Dialog"


class Widget(models.Model):
    """Copy, layout and theme of a treatment variant.

    In the copy, ``{price}``, ``{saving}`` and ``{difference}`` stand for the offer's. ``comparison`` is
    ``{"columns": [in the cart, offered], "rows": [{"label": "...", "values": [in the cart, offered]}]}``.
    ``translations`` maps a locale to the fields it overrides: ``{"de": {"headline": "..."}}``.
    """

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, related_name="widget")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="widgets")
    layout = models.CharField(max_length=16, choices=Layout.choices, default=Layout.CARD)
    phone_layout = models.CharField(
        "layout on phones", max_length=16, choices=Layout.choices, blank=True, help_text="Empty: the same"
    )
    headline = models.CharField(max_length=120)
    body = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why this product, for this cart")
    social_proof = models.CharField(max_length=200, blank=True)
    accept_label = models.CharField(max_length=60, default="Add for {price}")
    decline_label = models.CharField(max_length=60, default="No thanks")
    terms_label = models.CharField(max_length=60, blank=True, help_text="Empty: Terms, in the shopper's language")
    terms_url = models.URLField(max_length=500, blank=True)
    comparison = models.JSONField(default=dict, blank=True)
    theme = models.JSONField(default=dict, blank=True)
    translations = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.headline
