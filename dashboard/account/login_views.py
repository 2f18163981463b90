"""Logging in, by password and second factor: HTTP only."""

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.account.forms import SecondStepForm, SignInForm
from dashboard.models import Passkey
from dashboard.passkeys.ceremonies import host_of
from dashboard.signing_in import second_factor, second_step
from dashboard.single_sign_on.confirming import finish_login


class SignIn(LoginView):
    """User name and password; who has a second factor is asked for it by the next page."""

    template_name = "dashboard/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the other ways to log in: passkeys, where they work at this address, and single sign-on."""
        ways = {"can_use_passkeys": host_of(self.request) is not None, "single_sign_on": settings.SINGLE_SIGN_ON}
        return super().get_context_data(**ways, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in, or go on to the second factor."""
        person = form.get_user()
        if second_factor.is_on(person):
            second_step.remember(self.request, person, self.get_redirect_url())
            return redirect("second_step")
        return finish_login(self.request, person, self.get_redirect_url())


@require_http_methods(["GET", "HEAD", "POST"])
# By the "back" button of a shared machine nobody should see whose login this was.
@never_cache
def second_step_of_login(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of who has entered the right password."""
    person = second_step.pending_person(request)
    if person is None:
        return redirect("login")
    form = SecondStepForm(request.POST or None)
    if form.is_valid():
        if second_factor.is_code_right(person, form.cleaned_data["code"]):
            return finish_login(request, person, second_step.take_next(request))
        second_step.count_wrong(request)
        form.add_error(
            "code",
            _("This code is wrong or has expired. Enter the current code. After several wrong codes, wait a minute."),
        )
    context = {
        "form": form,
        "has_authenticator": second_factor.confirmed(person) is not None,
        # those of another address of the console don't work at this one
        "has_passkeys": Passkey.objects.filter(user=person, host=host_of(request)).exists(),
    }
    status = 200
    if form.errors:
        status = 422
    return render(request, "dashboard/account/second_step.html", context, status=status)
