"""Inviting, and accepting an invitation: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import shell
from dashboard.invitations import inviting
from dashboard.invitations.forms import InvitationForm, SignUpForm
from dashboard.members import actor_of, administered_store, user_of
from dashboard.models import Invitation
from dashboard.signing_in.sessions import log_in


@require_POST
@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to the store's team."""
    store = administered_store(request)
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            inviting.invite(store=store, actor=actor_of(request), **form.cleaned_data)
            messages.success(request, _("Invitation created. You can also copy its link and send it yourself."))
            return redirect(shell.address_of("dashboard:team", store))
        except inviting.InvitationError as error:
            form.add_error(None, str(error))
    context = {"store": store, "form": form}
    return render(request, "dashboard/invitations/invite.html", context, status=422)


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke an invitation."""
    store = administered_store(request)
    invitation = get_object_or_404(Invitation.objects.select_related("store"), store=store, pk=pk)
    inviting.revoke(invitation=invitation, actor=actor_of(request))
    messages.success(request, _("Invitation revoked."))
    return redirect(shell.address_of("dashboard:team", store))


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation, and accept it: as who is logged in, else with a new account. 404 where it holds no longer."""
    found = inviting.open_invitation(token)
    if found is None:
        response = render(request, "dashboard/invitations/gone.html", status=404)
    elif request.user.is_authenticated:
        response = join(request, found)
    else:
        response = sign_up(request, found)
    # The address is as good as a password: it must not leak to other sites, nor stay in a shared cache.
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def join(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Accept as who is logged in."""
    error = ""
    if request.method == "POST":
        try:
            inviting.accept(invitation=found, user=user_of(request))
            return welcome(request, found)
        except inviting.InvitationError as refused:
            error = str(refused)
    status = status_of(is_refused=bool(error))
    return render(request, "dashboard/invitations/join.html", {"invitation": found, "error": error}, status=status)


def sign_up(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Accept with a new account."""
    form = SignUpForm(request.POST or None, email=found.email)
    if form.is_valid():
        username, password = form.cleaned_data["username"], form.cleaned_data["password"]
        try:
            user = inviting.sign_up(invitation=found, username=username, password=password)
        except inviting.InvitationError as error:
            form.add_error(None, str(error))
        else:
            log_in(request, user)
            return welcome(request, found)
    context, status = {"invitation": found, "form": form}, status_of(is_refused=bool(form.errors))
    return render(request, "dashboard/invitations/sign_up.html", context, status=status)


def status_of(*, is_refused: bool) -> int:
    """Return the status of a page with its form: 422 where what was sent can't be."""
    if is_refused:
        return 422
    return 200


def welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Lead a new member to the store."""
    messages.success(request, _("Welcome to %(store)s.") % {"store": found.store.name})
    return redirect(shell.address_of("dashboard:home", found.store))
