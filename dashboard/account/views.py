"""The account's pages: HTTP only."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.account import second_factor
from dashboard.account.forms import CodeForm, PasswordForm, SignInForm, TopicsForm
from experiments.models import Membership, Subscription

RECOVERY_CODES = "recovery_codes"  # in the session: those that are still to be shown


class SignIn(LoginView):
    """User name, password, and the code of the second factor where there is one."""

    template_name = "dashboard/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class ChangePassword(PasswordChangeView):
    """A new password, for who knows the old one; other sessions end."""

    template_name = "dashboard/account/password.html"
    success_url = reverse_lazy("dashboard:account")

    def form_valid(self, form: object) -> HttpResponse:
        """Say that it is done."""
        messages.success(self.request, "Your password is changed.")
        return super().form_valid(form)  # type: ignore[arg-type]


def too_many_attempts(request: HttpRequest, credentials: object, *arguments: object, **more: object) -> HttpResponse:
    """What who has tried too often sees."""
    return render(request, "dashboard/account/locked.html", status=429)


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """What one is told, and how one signs in."""
    user = cast("User", request.user)
    context = {"forms": topic_forms(user), "authenticator": second_factor.confirmed(user)}
    return render(request, "dashboard/account/account.html", context)


@require_POST
@login_required
def choose_topics(request: HttpRequest) -> HttpResponse:
    """Keep what one wants to be told."""
    forms = topic_forms(cast("User", request.user), request.POST)
    if all(form.is_valid() for form in forms):
        for form in forms:
            form.save()
        messages.success(request, "Your choice is saved.")
    else:
        messages.error(request, "Choose among the topics that are shown.")
    return redirect("dashboard:account")


def topic_forms(user: User, data: QueryDict | None = None) -> list[TopicsForm]:
    """One form for each store of the member's."""
    chosen = dict(Subscription.objects.filter(user=user).values_list("store", "topics"))
    memberships = Membership.objects.filter(user=user).select_related("store").order_by("store__name")
    return [
        TopicsForm(data, membership=membership, topics=chosen.get(membership.store_id)) for membership in memberships
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def set_up_second_factor(request: HttpRequest) -> HttpResponse:
    """Show the secret; once its first code is right, the recovery codes, by a request of their own and once."""
    user = cast("User", request.user)
    if request.method == "GET" and RECOVERY_CODES in request.session:
        codes = request.session.pop(RECOVERY_CODES)
        return render(request, "dashboard/account/recovery_codes.html", {"codes": codes})
    if second_factor.confirmed(user) is not None:
        return redirect("dashboard:account")
    device, form = second_factor.waiting(user), CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.confirm(device, form.cleaned_data["code"])
        if codes:
            request.session[RECOVERY_CODES] = codes
            return redirect("dashboard:second_factor")
        form.add_error("code", "That code isn't right. Is your phone's clock?")
    context = {"form": form, "picture": second_factor.picture(device), "secret": device.config_url}
    return render(request, "dashboard/account/second_factor.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove_second_factor(request: HttpRequest) -> HttpResponse:
    """Switch it off, for who knows the password."""
    user = cast("User", request.user)
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        second_factor.remove(user)
        messages.success(request, "The second factor is off.")
        return redirect("dashboard:account")
    return render(request, "dashboard/account/remove.html", {"form": form}, status=422 if form.errors else 200)
