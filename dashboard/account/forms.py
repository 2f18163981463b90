"""Logging in, and the settings of the person who did."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_otp import match_token, user_has_device

from dashboard.account import hashing_time
from experiments.models import Membership, Subscription, Topic
from experiments.models.notification import default_topics


class SignInForm(AuthenticationForm):
    """User name and password, and the code of the second factor for who has set one up.

    The code is asked for once the password is right, so that nobody learns whose account has one. A wrong code counts
    as a failed attempt: the device makes the next attempt wait, twice as long each time.
    """

    code = forms.CharField(required=False, max_length=20, strip=True)
    error_messages = {
        **AuthenticationForm.error_messages,
        "code_needed": _("Enter the code from your authenticator app, or a recovery code."),
        "wrong_code": _(
            "This code is wrong or has expired. Enter the current code. After several wrong codes, wait a minute."
        ),
    }

    def get_invalid_login_error(self) -> forms.ValidationError:
        """Return what is said of a wrong name or password, after the same work for both."""
        # Who is locked out gets no hash at all: an attacker shouldn't make the server work.
        if not getattr(self.request, "axes_locked_out", False):
            hashing_time.equalize_hashing_time(self.cleaned_data["username"], self.cleaned_data["password"])
        return super().get_invalid_login_error()

    def confirm_login_allowed(self, user: User) -> None:
        """Raise ``ValidationError`` for who is switched off, and for a missing or wrong code."""
        super().confirm_login_allowed(user)
        if not user_has_device(user):
            return
        # many apps show the digits in groups, and people type the blank
        code = self.cleaned_data.get("code", "").replace(" ", "")
        if not code:
            raise forms.ValidationError(self.error_messages["code_needed"], code="code_needed")
        if match_token(user, code) is None:
            raise forms.ValidationError(self.error_messages["wrong_code"], code="wrong_code")

    @property
    def is_code_asked(self) -> bool:
        """Whether the field for the code is shown."""
        return self.has_error("__all__", "code_needed") or self.has_error("__all__", "wrong_code")


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


class PasswordForm(forms.Form):
    """The password once more, before something that matters."""

    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """The user's own."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This password is wrong. Try again."))
        return password


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
