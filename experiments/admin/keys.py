"""What is shown once: tokens of the API, and the secrets that sign messages to a store's own systems."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from experiments.admin.tenancy import ADMINS, ReadOnlyInline, StoreScopedAdmin, has_role, limited
from experiments.models import ApiToken, SlackChannel, Topic, WebhookAttempt, WebhookTarget
from experiments.models.notification import FOR_PEOPLE
from experiments.notifications import slack


class AdminsOnly(StoreScopedAdmin):
    """Keys are the business of a store's admins."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of the stores in which the user is an admin."""
        return limited(super().get_queryset(request), request, ADMINS)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow admins of the store."""
        return has_role(request, ADMINS, obj)

    has_add_permission = has_change_permission = has_view_permission


@admin.register(ApiToken)
class ApiTokenAdmin(AdminsOnly):
    """Tokens that read a store's tests and results; each is shown once, when it is made."""

    frozen = ("store",)
    list_display = ("name", "store", "start", "can_annotate", "can_draft", "is_active", "last_used_at")
    list_filter = ("is_active",)
    list_select_related = ("store",)
    search_fields = ("name", "start")
    fields = ("store", "name", "can_annotate", "can_draft", "is_active", "start", "created_at", "last_used_at")
    readonly_fields = ("start", "created_at", "last_used_at")

    def save_model(self, request: HttpRequest, obj: ApiToken, form: forms.ModelForm[Any], change: bool) -> None:
        """Give a new row a token, and show it this once."""
        if not change:
            shown = gettext("Copy the token now: you can't see it again. %(token)s") % {"token": obj.renew()}
            messages.warning(request, shown)
        super().save_model(request, obj, form, change)


def sendable_topics() -> list[tuple[str, Any]]:
    """Return the topics without those that are written for people, and go by e-mail."""
    return [(value, label) for value, label in Topic.choices if value not in FOR_PEOPLE]


class WebhookTargetForm(forms.ModelForm):  # type: ignore[type-arg]
    """An address with what it is told."""

    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=sendable_topics,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What to send. Messages are signed as the Standard Webhooks specification says."),
    )

    def clean_url(self) -> str:
        """Refuse an address without https. Raises ``ValidationError``."""
        url: str = self.cleaned_data["url"]
        if not url.startswith("https://"):
            raise forms.ValidationError(gettext("Enter an address that begins with https://."))
        return url


class AttemptInline(ReadOnlyInline):
    """What came of the messages to an address, the newest first."""

    model = WebhookAttempt
    fields = readonly_fields = ("at", "message_type", "message_id", "status", "duration_ms", "error")
    per_page = 20
    hide_title = True


@admin.register(WebhookTarget)
class WebhookTargetAdmin(AdminsOnly):
    """Addresses of a store's own systems that are told what happens; the secret is shown once, when it is made."""

    form = WebhookTargetForm
    frozen = ("store",)
    list_display = ("url", "store", "is_active", "last_attempt_at", "last_result")
    list_filter = ("is_active",)
    list_select_related = ("store",)
    search_fields = ("url",)
    fields = ("store", "url", "topics", "is_active", "last_attempt_at", "last_result")
    readonly_fields = ("last_attempt_at", "last_result")
    inlines = (AttemptInline,)
    actions = ("replace_secrets",)

    @admin.action(description=_("Replace the signing secret"), permissions=["change"])
    def replace_secrets(self, request: HttpRequest, targets: QuerySet[WebhookTarget]) -> None:
        """Make new secrets and show them this once; until the end of the week, the old ones sign as well."""
        message = _(
            "Copy the new secret of %(url)s now: you can't see it again. %(secret)s The old one works until %(until)s."
        )
        for target in targets:
            target.replace_secret()
            self.log_change(request, target, gettext("Replaced the signing secret."))
            until = localize(timezone.localtime(target.previous_secret_expires_at))
            messages.warning(request, message % {"url": target.url, "secret": target.secret, "until": until})

    def save_model(self, request: HttpRequest, obj: WebhookTarget, form: forms.ModelForm[Any], change: bool) -> None:
        """Show a new row's secret this once."""
        if not change:
            shown = gettext("Copy the secret now: you can't see it again. %(secret)s") % {"secret": obj.secret}
            messages.warning(request, shown)
        super().save_model(request, obj, form, change)


class SlackChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A channel; its address is a secret, and is asked for again only to replace it."""

    webhook_url = forms.CharField(
        label=_("webhook URL"),
        max_length=500,
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text=_("The address that Slack gives you under Incoming Webhooks. It isn't shown again."),
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"), choices=sendable_topics, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def clean_webhook_url(self) -> str:
        """Return the address, or the one that is stored where the field is left empty. Raises ``ValidationError``."""
        url: str = self.cleaned_data["webhook_url"].strip()
        if not url and self.instance.pk:
            return str(self.instance.webhook_url)
        if not slack.is_allowed(url):
            text = gettext("Enter an address that begins with %(prefixes)s.")
            raise forms.ValidationError(text % {"prefixes": ", ".join(settings.SLACK_WEBHOOKS)})
        return url


@admin.register(SlackChannel)
class SlackChannelAdmin(AdminsOnly):
    """Channels of a store's Slack that are told what happens."""

    form = SlackChannelForm
    frozen = ("store",)
    list_display = ("name", "store", "is_active", "last_attempt_at", "last_result")
    list_filter = ("is_active",)
    list_select_related = ("store",)
    search_fields = ("name",)
    fields = ("store", "name", "webhook_url", "known_as", "topics", "is_active", "last_attempt_at", "last_result")
    readonly_fields = ("known_as", "last_attempt_at", "last_result")

    @admin.display(description=_("Current address"))
    def known_as(self, channel: SlackChannel) -> str:
        """Return enough of the address to recognize it."""
        if not channel.pk:
            return gettext("None yet")
        return format_html('<span translate="no">{}</span>', slack.masked(channel.webhook_url))


def moved_webhook_target(request: HttpRequest, rest: str) -> HttpResponseRedirect:
    """Lead from an address of release 0.1 to the page that it was."""
    return redirect(reverse("admin:experiments_webhooktarget_changelist") + rest)
