"""What is asked of a sender."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from experiments.admin.share_field import ShareField
from journeys.models import Sender

CONTROL = {"class": "form-control"}
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class SenderForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who messages are from, and how many there may be."""

    accept_url = forms.URLField(
        label=_("Page that adds accepted offers to the cart"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs=CONTROL),
        help_text=_(
            "Leave it empty if your shop is connected: its cart takes accepted offers. Otherwise the page of your "
            "store that adds an accepted offer to the cart. Its address gets ?offerlift_token=..."
        ),
    )

    holdout_share = ShareField(
        label=_("Message holdout (%)"),
        min_value=0,
        max_value=50,
        widget=forms.NumberInput(attrs=CONTROL),
        help_text=_(
            "From 0 to 50. These customers never get messages, so that you can measure what messages bring. "
            "Changing it begins a new report, and customers who were counted before aren't counted again."
        ),
    )

    class Meta:
        model = Sender
        fields = (
            *("name", "address", "reply_to", "postal_address", "accept_url"),
            *("weekly_cap", "quiet_from", "quiet_until", "per_minute", "holdout_share", "is_soft_opt_in"),
        )
        widgets = {
            "name": forms.TextInput(attrs=CONTROL),
            "address": forms.EmailInput(attrs=CONTROL),
            "reply_to": forms.EmailInput(attrs=CONTROL),
            "postal_address": forms.Textarea(attrs=CONTROL | {"rows": 3}),
            "weekly_cap": forms.NumberInput(attrs=CONTROL),
            "quiet_from": forms.Select(attrs={"class": "form-select"}, choices=HOURS),
            "quiet_until": forms.Select(attrs={"class": "form-select"}, choices=HOURS),
            "per_minute": forms.NumberInput(attrs=CONTROL),
            "is_soft_opt_in": forms.CheckboxInput(),
        }
        help_texts = {
            "name": _("As customers know you."),
            "address": _("At your own domain. Its DNS records are checked below."),
            "postal_address": _("Shown in the footer of every message, as the law requires."),
            "weekly_cap": _("How many messages a customer may get in seven days, all journeys together."),
            "quiet_from": _("No messages are sent from this hour on, in the customer's time zone."),
            "is_soft_opt_in": _("Only where the law allows it. Customers can unsubscribe in every message."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "address", "postal_address"):  # nothing goes out without them
            self.fields[name].required = True

    def changes(self) -> dict[str, Any]:
        """Return what the audit trail keeps: which fields changed, and the holdout's share before and after."""
        kept: dict[str, Any] = {"fields": sorted(self.changed_data)}
        if "holdout_share" in self.changed_data:
            kept["holdout_share"] = [self.initial["holdout_share"], self.cleaned_data["holdout_share"]]
        return kept
