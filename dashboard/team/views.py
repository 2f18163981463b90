"""The team's page: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard import shell
from dashboard.account import second_factor_reset
from dashboard.forgotten_password.sending import is_mail_set_up
from dashboard.invitations.forms import InvitationForm
from dashboard.invitations.sending import url_of
from dashboard.members import actor_of, administered_store, is_store_admin, user_of
from dashboard.models import Invitation
from dashboard.signing_in.forms import PasswordForm
from dashboard.team.forms import ApprovalRulesForm
from experiments.models import ApprovalRule, Membership, Store
from experiments.running.approvals import rules


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Team"))
def team(request: HttpRequest, store: Store) -> HttpResponse:
    """Show who works on the store, and what needs approval; its admins can change that."""
    return render(request, "dashboard/team/team.html", context_of(request, store))


def context_of(request: HttpRequest, store: Store) -> dict[str, object]:
    """Return what the page shows: who is there, and what a second person approves."""
    is_admin = is_store_admin(request, store)
    context: dict[str, object] = {"store": store, "is_admin": is_admin}
    context |= people_of(request, store)
    context |= approvals_of(store)
    if is_admin:
        context |= invitations_of(store)
    return context


def people_of(request: HttpRequest, store: Store) -> dict[str, object]:
    """Return the store's members, and whose second factor is on, or can be reset by the reader."""
    memberships = list(Membership.objects.filter(store=store).select_related("user").order_by("user__username"))
    people = [membership.user for membership in memberships]
    return {
        "memberships": memberships,
        "with_second_factor": second_factor_reset.with_second_factor(people),
        "resettable": second_factor_reset.resettable(user_of(request), people),
    }


def approvals_of(store: Store) -> dict[str, object]:
    """Return which steps need approval, the form to choose them, and whether there are two people to do so."""
    return {
        "rules": [rule.label for rule in ApprovalRule if rule in store.approval_rules],
        "rules_form": ApprovalRulesForm(initial={"rules": store.approval_rules}),
        "can_be_approved": rules.can_be_approved(store),
    }


def invitations_of(store: Store) -> dict[str, object]:
    """Return the invitations that are open, each with its link, and the form of another."""
    invitations = Invitation.objects.open(timezone.now()).filter(store=store)
    return {
        "invitations": [(invitation, url_of(invitation)) for invitation in invitations],
        "invitation_form": InvitationForm(),
        "is_mail_set_up": is_mail_set_up(),
    }


@require_POST
@login_required
def choose_rules(request: HttpRequest) -> HttpResponse:
    """Store which steps need approval."""
    store = administered_store(request)
    form = ApprovalRulesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was saved: one of the steps doesn't exist. Choose from the list."))
        return back_to(store)
    try:
        rules.choose_rules(store, form.cleaned_data["rules"], actor=actor_of(request))
        messages.success(request, _("Approval settings saved."))
    except rules.TooFewApproversError as error:
        messages.error(request, str(error))
    return back_to(store)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Reset a member's second factor, for who knows their own password: an open browser isn't enough."""
    store = administered_store(request)
    members = User.objects.filter(memberships__store=store)
    person = get_object_or_404(members, pk=pk)
    if pk not in second_factor_reset.resettable(user_of(request), [person]):
        raise PermissionDenied("The person belongs to a store that the member doesn't administer, or may do more.")
    form = PasswordForm(request.POST or None, request=request)
    if form.is_valid():
        second_factor_reset.reset(person=person, actor=actor_of(request))
        text = _("Two-factor authentication of %(name)s is reset. They are logged out everywhere.")
        messages.success(request, text % {"name": person.get_username()})
        return back_to(store)
    context, status = {"store": store, "person": person, "form": form}, 200
    if form.errors:
        status = 422
    return render(request, "dashboard/team/reset.html", context, status=status)


def back_to(store: Store) -> HttpResponse:
    """Back to the store's page."""
    return redirect(shell.address_of("dashboard:team", store))
