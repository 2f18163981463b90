"""Logging in, and the settings of the person who did."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.account import hashing_time
from experiments.models import Membership, PersonLanguage, Subscription, Topic
from experiments.models.notification import default_topics

OF_BROWSER = "browser"


class NamesOfLanguages(forms.Select):
    """Languages, each by its own name: nobody is to translate these."""

    def create_option(self, name: str, value: object, *rest: Any, **options: Any) -> dict[str, Any]:
        """Return an option."""
        option = super().create_option(name, value, *rest, **options)
        if value != OF_BROWSER:
            option["attrs"]["translate"] = "no"
        return option


class SignInForm(AuthenticationForm):
    """User name and password; a second factor is asked for by a page of its own, once these are right."""

    def get_invalid_login_error(self) -> forms.ValidationError:
        """Return what is said of a wrong name or password, after the same work for both."""
        # Who is locked out gets no hash at all: an attacker shouldn't make the server work.
        if not getattr(self.request, "axes_locked_out", False):
            hashing_time.equalize_hashing_time(self.cleaned_data["username"], self.cleaned_data["password"])
        return super().get_invalid_login_error()


class SecondStepForm(forms.Form):
    """The second factor's code, or a recovery code."""

    code = forms.CharField(
        label=_("Authentication code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "autofocus": True,
            }
        ),
    )


class CodeForm(forms.Form):
    """The first code of a new second factor, which proves that the authenticator has the secret."""

    code = forms.CharField(
        label=_("Code"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"class": "form-control", "inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )

    def clean_code(self) -> str:
        """Without the blanks that people type between the digits."""
        code: str = self.cleaned_data["code"].replace(" ", "")
        if not code.isdigit():
            raise forms.ValidationError(_("The code has six digits. Enter the one that your app shows now."))
        return code


class LanguageForm(forms.Form):
    """In which language somebody reads pages and emails."""

    language = forms.ChoiceField(
        label=_("Language of pages and emails"),
        help_text=_("Messages to webhooks, Slack, and the API stay in English."),
        widget=NamesOfLanguages(attrs={"class": "form-select"}),
    )

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        self.user = user
        known = PersonLanguage.objects.filter(user=user).first()
        chosen = OF_BROWSER
        if known is not None and known.chosen:
            chosen = known.chosen
        super().__init__(data, initial={"language": chosen})
        # Each by its own name, so that whoever can't read the page finds theirs.
        choices = [(OF_BROWSER, gettext("The browser's")), *settings.LANGUAGES]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]

    def save(self) -> str:
        """Store the choice, and return it: empty for the browser's."""
        chosen: str = self.cleaned_data["language"].removeprefix(OF_BROWSER)
        PersonLanguage.objects.update_or_create(user=self.user, defaults={"chosen": chosen})
        return chosen


class TopicsForm(forms.Form):
    """What a member gets by email about one store."""

    topics = forms.MultipleChoiceField(
        choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple, label=_("Email notifications")
    )

    def __init__(self, data: QueryDict | None, *, membership: Membership, topics: list[str] | None) -> None:
        if topics is None:  # the member has never chosen
            topics = default_topics()
        super().__init__(data, initial={"topics": topics}, prefix=membership.store.slug)
        self.membership = membership

    def save(self) -> None:
        """Store the choice."""
        Subscription.objects.update_or_create(
            user_id=self.membership.user_id,
            store_id=self.membership.store_id,
            defaults={"topics": self.cleaned_data["topics"]},
        )
