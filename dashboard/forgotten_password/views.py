"""Asking for a new password, and choosing it: HTTP only."""

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.forgotten_password import limits
from dashboard.forgotten_password.forms import AddressForm
from dashboard.forgotten_password.sending import is_mail_set_up, send_new_password_link


@require_http_methods(["GET", "HEAD", "POST"])
# The answer names the address that was typed.
@never_cache
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Ask for an address, and say the same of any: whether it has an account is nobody's business."""
    form = AddressForm(request.POST or None)
    if not is_mail_set_up():
        return render(request, "dashboard/forgotten_password/no_mail.html")
    if not form.is_valid():
        status = 200
        if form.errors:
            status = 422
        return render(request, "dashboard/forgotten_password/ask.html", {"form": form}, status=status)
    address = form.cleaned_data["email"]
    try:
        may_send = limits.count(request, address)
    except limits.TooManyRequestsError:
        return render(request, "dashboard/forgotten_password/too_many.html", status=429)
    if may_send:
        # Later, for every address: the time of an answer would tell which ones have an account.
        send_new_password_link.defer(address=address)
    return render(request, "dashboard/forgotten_password/asked.html", {"address": address})


class ChoosePassword(PasswordResetConfirmView):
    """A new password by the link; the token leaves the address at once. All sessions of before end."""

    template_name = "dashboard/forgotten_password/choose.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        """Store it, and say so on the login page, where the second factor is asked for as before."""
        messages.success(self.request, _("Password changed. Log in with the new one."))
        return super().form_valid(form)
