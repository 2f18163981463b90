"""The password once more, before something that matters."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dashboard.members import user_of
from dashboard.signing_in.sessions import is_fresh


class PasswordForm(forms.Form):
    """The password once more, before something that matters; of who has none, that the login is fresh."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user_of(request)
        if not self.user.has_usable_password():
            del self.fields["password"]

    def clean_password(self) -> str:
        """The user's own."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This password is wrong. Try again."))
        return password

    def clean(self) -> dict[str, Any]:
        """Without a password a browser that was left open isn't enough either. Raises ``ValidationError``."""
        if "password" not in self.fields and not is_fresh(self.request):
            raise forms.ValidationError(_("Log out and log in again, then do this within ten minutes."))
        return super().clean() or {}


def status_of(form: forms.Form) -> int:
    """Return the status of a page with the form: 422 where what was sent had errors."""
    if form.errors:
        return 422
    return 200
