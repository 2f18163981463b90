"""The account's pages: HTTP only."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.account.forms import CodeForm, LanguageForm, TopicsForm
from dashboard.members import user_of
from dashboard.models import Passkey, SignOnLink
from dashboard.passkeys.ceremonies import host_of
from dashboard.signing_in import second_factor
from dashboard.signing_in.forms import PasswordForm, status_of
from dashboard.signing_in.person_trail import record_for_person
from dashboard.signing_in.sessions import end_sessions, read_in
from experiments.models import AuditAction, Membership, Subscription


class ChangePassword(PasswordChangeView):
    """A new password, for who knows the old one; other sessions end."""

    template_name = "dashboard/account/password.html"
    success_url = reverse_lazy("dashboard:account")

    def form_valid(self, form: object) -> HttpResponse:
        """Store it, and say so on the next page."""
        messages.success(self.request, _("Password changed."))
        return super().form_valid(form)  # type: ignore[arg-type]


def too_many_attempts(request: HttpRequest, credentials: object, *arguments: object, **more: object) -> HttpResponse:
    """The page for who has failed too often."""
    return render(request, "dashboard/account/locked.html", status=429)


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """The reader's notifications and security."""
    user = user_of(request)
    context = {"forms": topic_forms(user), "language": LanguageForm(None, user=user)} | security_of(request)
    return render(request, "dashboard/account/account.html", context)


def security_of(request: HttpRequest) -> dict[str, object]:
    """Return how the reader logs in."""
    user = user_of(request)
    return {
        "authenticator": second_factor.confirmed(user),
        "passkeys": list(Passkey.objects.filter(user=user)),
        "recovery_codes": second_factor.count_recovery_codes(user),
        "is_protected": second_factor.is_on(user),
        "can_use_passkeys": host_of(request) is not None,
        "single_sign_on": settings.SINGLE_SIGN_ON,
        "is_linked": SignOnLink.objects.filter(user=user).exists(),
    }


@require_POST
@login_required
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store in which language the reader reads, and go on in it."""
    form = LanguageForm(request.POST, user=user_of(request))
    if form.is_valid():
        chosen = form.save()
        read_in(request, chosen)
        with translation.override(chosen or get_language()):
            messages.success(request, _("Language saved."))
    else:
        messages.error(request, _("Nothing was saved: this language doesn't exist. Choose from the list."))
    return redirect("dashboard:account")


@require_POST
@login_required
def choose_topics(request: HttpRequest) -> HttpResponse:
    """Store which notifications the reader wants."""
    forms = topic_forms(user_of(request), request.POST)
    if all(form.is_valid() for form in forms):
        for form in forms:
            form.save()
        messages.success(request, _("Notifications saved."))
    else:
        messages.error(request, _("Nothing was saved: one of the topics doesn't exist. Choose from the list."))
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
# The page has a secret, and the recovery codes: no cache keeps them.
@never_cache
def set_up_second_factor(request: HttpRequest) -> HttpResponse:
    """Show the secret; once its first code is right, the recovery codes, by a request of their own and once."""
    user = user_of(request)
    if request.method == "GET" and second_factor.CODES_TO_SHOW in request.session:
        codes = request.session.pop(second_factor.CODES_TO_SHOW)
        return render(request, "dashboard/account/recovery_codes.html", {"codes": codes})
    if second_factor.confirmed(user) is not None:
        return redirect("dashboard:account")
    device, form = second_factor.waiting(user), CodeForm(request.POST or None)
    if form.is_valid():
        codes = second_factor.confirm(device, form.cleaned_data["code"])
        if codes:
            record_for_person(person=user, action=AuditAction.SECOND_FACTOR_ADDED, actor=user.get_username())
            # A page of its own shows them: a reload of this answer would send the code again.
            request.session[second_factor.CODES_TO_SHOW] = codes
            return redirect("dashboard:second_factor")
        form.add_error(
            "code",
            _("This code is wrong or has expired. Check that your phone's clock is right, then enter a new code."),
        )
    context = {"form": form, "picture": second_factor.picture(device), "secret": device.config_url}
    return render(request, "dashboard/account/second_factor.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove_second_factor(request: HttpRequest) -> HttpResponse:
    """Forget the authenticator app, for who knows the password: a browser that was left open isn't enough."""
    user = user_of(request)
    form = PasswordForm(request.POST or None, request=request)
    if form.is_valid():
        second_factor.remove_authenticator(user)
        end_sessions(user, keep=request.session.session_key)
        record_for_person(person=user, action=AuditAction.SECOND_FACTOR_REMOVED, actor=user.get_username())
        messages.success(request, _("Authenticator app removed. You are logged out everywhere else."))
        return redirect("dashboard:account")
    return render(request, "dashboard/account/remove.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
# As above: the codes are shown once.
@never_cache
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, for who knows the password; the old ones work no longer."""
    user = user_of(request)
    if not second_factor.is_on(user):
        return redirect("dashboard:account")
    form = PasswordForm(request.POST or None, request=request)
    if form.is_valid():
        request.session[second_factor.CODES_TO_SHOW] = second_factor.renew_recovery_codes(user)
        record_for_person(person=user, action=AuditAction.RECOVERY_CODES_RENEWED, actor=user.get_username())
        return redirect("dashboard:second_factor")
    return render(request, "dashboard/account/renew_codes.html", {"form": form}, status=status_of(form))
