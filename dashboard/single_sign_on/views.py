"""Single sign-on: HTTP only."""

import time
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from config.single_sign_on import SingleSignOn
from dashboard.members import user_of
from dashboard.models import Passkey, SignOnRefusalReason
from dashboard.signing_in import attempts
from dashboard.signing_in.forms import PasswordForm, status_of
from dashboard.signing_in.leaving import after_login
from dashboard.signing_in.sessions import log_in
from dashboard.single_sign_on import group_roles, linking, provider
from dashboard.single_sign_on.identity import Identity
from dashboard.single_sign_on.linking import RefusedError, ToConfirmError
from dashboard.single_sign_on.provider import NotSignedOnError
from dashboard.single_sign_on.refusals import note_refusal

NEXT = "sign_on_next"  # in the session: the page that was asked for
LINKING = "sign_on_linking"  # in the session: who has confirmed with the password that they want a link, and when
BEGUN_S = 600  # as long as somebody may take at the provider, its own second factor included
# Groups are read at a login: who leaves one keeps a role no longer than this.
LONGEST_SESSION_S = 12 * 3600


@require_safe
# Each time with another state and nonce: a kept redirect would be refused when it comes back.
@never_cache
def sign_on(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider."""
    provider_or_404()
    if request.get_host() != urlsplit(settings.CONSOLE_URL).netloc and "moved" not in request.GET:
        # The provider leads back to CONSOLE_URL, where this address's session isn't sent. Once: proxies may hide hosts.
        query = urlencode({"next": request.GET.get("next", ""), "moved": "1"})
        return redirect(f"{settings.CONSOLE_URL}{reverse('dashboard:sign_on')}?{query}")
    # Asked first: a session that a new password has ended is emptied by it, and would lose what is begun here.
    is_member = request.user.is_authenticated
    try:
        attempts.count_attempt(request, "sign_on")
        answer = provider.begin(request)
    except attempts.TooManyAttemptsError:
        return render(request, "dashboard/account/locked.html", status=429)
    except NotSignedOnError as error:
        return refuse(request, error)
    request.session[NEXT] = request.GET.get("next", "")
    if not is_member:
        request.session.set_expiry(BEGUN_S)
    return answer


@require_safe
# The address has a code that counts once.
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Take what the provider says: log in, link, or say why not."""
    settled = provider_or_404()
    try:
        attempts.count_attempt(request, "callback")
        identity = provider.finish(request)
        if LINKING in request.session:
            return finish_linking(request, settled, identity)
        return finish_sign_on(request, settled, identity)
    except attempts.TooManyAttemptsError:
        return render(request, "dashboard/account/locked.html", status=429)
    except NotSignedOnError as error:
        return refuse(request, error)


def finish_sign_on(request: HttpRequest, settled: SingleSignOn, identity: Identity) -> HttpResponse:
    """Log in whose account it is. Raises ``NotSignedOnError``."""
    next_url = request.session.pop(NEXT, "")
    try:
        person = linking.linked_person(settled, identity)
    except ToConfirmError as error:
        linking.keep_unconfirmed(request, identity, error.person)
        text = _("There is an account with your email address. To link it to %(provider)s, log in once as before.")
        messages.info(request, text % {"provider": settled.name})
        return redirect(f"{reverse('login')}?{urlencode({'next': next_url})}")
    group_roles.apply_groups(settled, identity, person)
    log_in(request, person)
    request.session.set_expiry(min(settings.SESSION_COOKIE_AGE, LONGEST_SESSION_S))
    return after_login(request, next_url)


def finish_linking(request: HttpRequest, settled: SingleSignOn, identity: Identity) -> HttpResponse:
    """Link the account of who is logged in and has asked for it. Raises ``NotSignedOnError``."""
    asked = request.session.pop(LINKING)
    person = request.user
    if not person.is_authenticated or asked["user"] != person.pk or time.time() - asked["at"] > BEGUN_S:
        raise NotSignedOnError(SignOnRefusalReason.WRONG_STATE, "The account that asked isn't logged in anymore.")
    linking.link_person(user_of(request), identity)
    group_roles.apply_groups(settled, identity, user_of(request))
    messages.success(request, _("Linked. Next time, log in with %(provider)s.") % {"provider": settled.name})
    return redirect("dashboard:account")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def link_account(request: HttpRequest) -> HttpResponse:
    """Begin to link the reader's account, for who knows the password."""
    settled = provider_or_404()
    form = PasswordForm(request.POST or None, request=request)
    # Who has no password confirms nothing by an empty form, which is as good as none.
    if request.method == "POST" and form.is_valid():
        request.session[LINKING] = {"user": user_of(request).pk, "at": int(time.time())}
        # A page of ours in between: our policy lets no form lead to another site, not even by a redirect.
        response = render(request, "dashboard/single_sign_on/continue.html", {"provider": settled})
        response["Refresh"] = f"0; url={reverse('dashboard:sign_on')}"
        return response
    return render(
        request, "dashboard/single_sign_on/link.html", {"form": form, "provider": settled}, status=status_of(form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def unlink_account(request: HttpRequest) -> HttpResponse:
    """Unlink the reader's account, for who knows the password and can still log in another way."""
    settled, person = provider_or_404(), user_of(request)
    form = PasswordForm(request.POST or None, request=request)
    can_log_in = person.has_usable_password() or Passkey.objects.filter(user=person).exists()
    if request.method == "POST" and can_log_in and form.is_valid():
        linking.unlink_person(person, session_key=request.session.session_key)
        messages.success(request, _("Unlinked. You are logged out everywhere else."))
        return redirect("dashboard:account")
    context = {"form": form, "provider": settled, "can_log_in": can_log_in}
    return render(request, "dashboard/single_sign_on/unlink.html", context, status=status_of(form))


def refuse(request: HttpRequest, error: NotSignedOnError) -> HttpResponse:
    """Note why somebody isn't logged in, and say what to do next."""
    person = None
    if isinstance(error, RefusedError):
        person = error.person
    note_refusal(error.reason, detail=error.detail, person=person)
    request.session.pop(LINKING, None)
    status = 403
    if error.reason == SignOnRefusalReason.UNREACHABLE:
        status = 502
    context = {"provider": settings.SINGLE_SIGN_ON, "reason": error.reason.value}
    return render(request, "dashboard/single_sign_on/refused.html", context, status=status)


def provider_or_404() -> SingleSignOn:
    """Return the provider; raises ``Http404`` where none is set up."""
    settled: SingleSignOn | None = settings.SINGLE_SIGN_ON
    if settled is None:
        raise Http404("No single sign-on is set up.")
    return settled
