"""The team's page: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboard import shell
from dashboard.members import actor_of, administered_store, is_store_admin
from dashboard.team.forms import ApprovalRulesForm
from experiments.models import ApprovalRule, Membership, Store
from experiments.running.approvals import rules


@require_safe
@login_required
def team(request: HttpRequest) -> HttpResponse:
    """Show who works on the store, and what needs approval; its admins can change that."""
    store = shell.one_store(request)
    if store is None:
        return render(request, "dashboard/no_store.html", {"title": _("Team")})
    return render(request, "dashboard/team/team.html", context_of(request, store))


def context_of(request: HttpRequest, store: Store) -> dict[str, object]:
    """Return what the page shows."""
    memberships = Membership.objects.filter(store=store).select_related("user").order_by("user__username")
    return {
        "store": store,
        "memberships": memberships,
        "rules_form": ApprovalRulesForm(initial={"rules": store.approval_rules}),
        "rules": [rule.label for rule in ApprovalRule if rule in store.approval_rules],
        "can_be_approved": rules.can_be_approved(store),
        "is_admin": is_store_admin(request, store),
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


def back_to(store: Store) -> HttpResponse:
    """Back to the store's page."""
    return redirect(f"{reverse('dashboard:team')}{shell.query_of(store)}")
