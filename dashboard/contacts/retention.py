"""How long a store keeps what it knows of contacts: the form, and what the next night would delete by it."""

from typing import Any, NamedTuple

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import audit
from experiments.models import AuditAction, Store
from journeys.contacts.retention import MOST_COUNTED, count_old
from journeys.models import (
    IDLE_CONTACT_DAYS,
    MESSAGE_EVENT_DAYS,
    SEND_POINT_DAYS,
    ContactRetention,
)

FIELDS = ("send_point_days", "message_event_days", "idle_contact_days")
SHORTEST = {"send_point_days": 90, "message_event_days": 30, "idle_contact_days": 90}  # as the database holds it
LONGEST = 3_650  # ten years: whoever wants longer has no retention
DEFAULTS = {
    "send_point_days": SEND_POINT_DAYS,
    "message_event_days": MESSAGE_EVENT_DAYS,
    "idle_contact_days": IDLE_CONTACT_DAYS,
}


class ToDelete(NamedTuple):
    """What the next night would delete: how many rows at least, ``is_more`` where there are more."""

    label: str
    number: int
    is_more: bool


class RetentionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Days of each kind of data. ``seen`` are the values whose consequences the page has shown."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = ContactRetention
        fields = FIELDS
        labels = {
            "send_point_days": gettext_lazy("Send points and messages, in days"),
            "message_event_days": gettext_lazy("Deliveries, clicks, and bounces, in days"),
            "idle_contact_days": gettext_lazy("Idle contacts, in days"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helps = {
            "send_point_days": _("Which message was due when, for whom, and what happened."),
            "message_event_days": _("Includes spam complaints. The figures of journeys don't include deleted events."),
            "idle_contact_days": _(
                "Customers with no order and no news from the shop for this long. Everything about them is deleted; "
                "opt-outs are kept."
            ),
        }
        for name in FIELDS:
            limits = {"low": SHORTEST[name], "high": LONGEST, "default": DEFAULTS[name]}
            bounds = _("From %(low)s to %(high)s; %(default)s by default.") % limits
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                min_value=SHORTEST[name],
                max_value=LONGEST,
                widget=forms.NumberInput(attrs={"class": "form-control"}),
                help_text=f"{helps[name]} {bounds}",
            )

    @property
    def is_seen(self) -> bool:
        """Whether the page has shown what these values delete."""
        return bool(self.cleaned_data["seen"] == values_of(self.instance))


def values_of(retention: ContactRetention) -> str:
    """Return the values as the form sends them back once they were shown."""
    return "-".join(str(getattr(retention, name)) for name in FIELDS)


def to_delete(retention: ContactRetention) -> list[ToDelete]:
    """Return what the next night would delete by these values."""
    labels = {
        "send_points": _("send points, with their messages"),
        "events": _("message events"),
        "contacts": _("contacts, with all that is known of them"),
    }
    rows = []
    for name, number in count_old(retention, timezone.now()).items():
        rows.append(ToDelete(labels[name], min(number, MOST_COUNTED), number > MOST_COUNTED))
    return rows


def save(store: Store, retention: ContactRetention, before: dict[str, Any], *, actor: str) -> None:
    """Keep the values, and note what changed."""
    retention.save()
    changed = audit.changes(before, audit.values(retention, FIELDS))
    if changed:
        audit.record(store=store, action=AuditAction.RETENTION_CHANGED, actor=actor, detail=changed)
