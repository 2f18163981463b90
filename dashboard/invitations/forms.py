"""Inviting somebody, and making an account to accept."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from experiments.models import Role

NEW_PASSWORD = {"class": "form-control", "autocomplete": "new-password"}


class InvitationForm(forms.Form):
    """Who is invited, and as what."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, initial=Role.EDITOR, widget=forms.Select(attrs={"class": "form-select"})
    )


class SignUpForm(forms.Form):
    """A new account: its name and password; the address is the invitation's."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        validators=[User.username_validator],
        widget=forms.TextInput(
            attrs={"class": "form-control", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        help_text=_("Use at least 10 characters. Avoid common passwords, your name, and digits only."),
        widget=forms.PasswordInput(attrs=NEW_PASSWORD),
    )
    again = forms.CharField(
        label=_("Repeat the password"), strip=False, max_length=4096, widget=forms.PasswordInput(attrs=NEW_PASSWORD)
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_username(self) -> str:
        """Return a name that nobody has, however it is capitalized. Raises ``ValidationError``."""
        username: str = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(gettext("This username is taken. Choose another one."))
        return username

    def clean(self) -> dict[str, Any]:
        """Check the password by the installation's rules, and that both are the same."""
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", gettext("The passwords don't match. Enter the same one twice."))
        if password:
            self.check_strength(password, User(username=cleaned.get("username", ""), email=self.email))
        return cleaned

    def check_strength(self, password: str, user: User) -> None:
        """Say what the installation's rules find wrong with a password."""
        try:
            validate_password(password, user)
        except forms.ValidationError as error:
            self.add_error("password", error)
