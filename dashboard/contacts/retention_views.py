"""The page of how long data of contacts is kept: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dashboard.contacts.retention import FIELDS, RetentionForm, save, to_delete, values_of
from dashboard.members import actor_of, administered_store
from experiments import audit
from journeys.models import ContactRetention


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contact_retention(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Show the days (GET); with new ones show first what they delete, then save them (POST). For admins."""
    store = administered_store(request)
    row = ContactRetention.objects.filter(store=store).first() or ContactRetention(store=store)
    before = audit.values(row, FIELDS)
    form, is_preview = RetentionForm(request.POST or None, instance=row), False
    if request.method == "POST" and form.is_valid():
        if form.is_seen:
            save(store, row, before, actor=actor_of(request))
            messages.success(request, _("Saved. Older data is deleted tonight."))
            return redirect("dashboard:contact_retention", store.slug)
        is_preview = True
    if form.errors:
        row = ContactRetention(store=store, **before)  # what is stored, as the form's values can't be
    context = {
        "store": store,
        "form": form,
        "is_preview": is_preview,
        "seen": values_of(row),
        "to_delete": to_delete(row),
    }
    return render(request, "dashboard/contacts/retention.html", context, status=422 if form.errors else 200)
