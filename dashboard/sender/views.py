"""The sender's page: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dashboard import shell
from dashboard.journeys.holdout_card import HoldoutCard
from dashboard.members import actor_of, administered_store, is_store_admin
from dashboard.sender.forms import SenderForm
from experiments import audit
from experiments.models import AuditAction, Store
from journeys.deliverability.watching import resume
from journeys.message_holdout import sync_message_holdout
from journeys.models import Sender
from journeys.sending import domain_records, readiness


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@shell.about_one_store(gettext_lazy("Messages to customers"))
def sender(request: HttpRequest, store: Store) -> HttpResponse:
    """Show who messages are from (GET), and save it (POST, the store's admins)."""
    row = Sender.objects.filter(store=store).first() or Sender(store=store)
    form, status = SenderForm(instance=row), 200
    if request.method == "POST":
        administered_store(request)
        form = SenderForm(request.POST, instance=row)
        if form.is_valid():
            with transaction.atomic():
                form.save()
                # in one: who is held out from now on is counted from now on
                sync_message_holdout(store, timezone.now())
            audit.record(store=store, action=AuditAction.SENDER_CHANGED, actor=actor_of(request), detail=form.changes())
            messages.success(request, _("The sender was saved."))
            return redirect(shell.address_of("dashboard:sender", store))
        status = 422
    context = {
        "store": store,
        "sender": row,
        "form": form,
        "is_admin": is_store_admin(request, store),
        "missing": readiness.missing(row),
        "records": records_of(row),
        "holdout": HoldoutCard(store, timezone.now()),
    }
    return render(request, "dashboard/sender/sender.html", context, status=status)


def records_of(sender: Sender) -> list[tuple[str, str]]:
    """Return what the last look at the domain's records found, by their names."""
    return [
        ("SPF", sender.get_spf_display()),
        ("DKIM", sender.get_dkim_display()),
        ("DMARC", sender.get_dmarc_display()),
    ]


@require_POST
@login_required
def check_domain(request: HttpRequest) -> HttpResponse:
    """Look at the records of the sender's domain now."""
    store = administered_store(request)
    row = Sender.objects.filter(store=store).first()
    if row is None or not row.address:
        messages.error(request, _("Save the sender's address first."))
    else:
        domain_records.check(row, timezone.now())
    return redirect(shell.address_of("dashboard:sender", store))


@require_POST
@login_required
def switch(request: HttpRequest) -> HttpResponse:
    """Turn sending on or off; off is never held up."""
    store = administered_store(request)
    row = Sender.objects.filter(store=store).first() or Sender(store=store)
    is_on = request.POST.get("on") == "1"
    missing = readiness.missing(row)
    if is_on and missing:
        messages.error(request, missing[0])
        return redirect(shell.address_of("dashboard:sender", store))
    row.is_on = is_on
    if is_on and row.paused_for:
        resume(row, timezone.now())
    row.save()
    action = AuditAction.SENDER_CHANGED
    audit.record(store=store, action=action, actor=actor_of(request), detail={"is_on": is_on})
    return redirect(shell.address_of("dashboard:sender", store))
