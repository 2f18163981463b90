"""Why a customer got a message, or didn't: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard import shell
from journeys import friction
from journeys.life.figures import points_of
from journeys.models import Contact, ContactStage, Run


@require_safe
@login_required
def person(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Show a customer's send points, each with its verdict, and where their runs stand."""
    visible = Contact.objects.filter(store__in=shell.shell_of(request).stores).select_related("store")
    contact = get_object_or_404(visible, store__slug=store_slug, pk=pk)
    runs = Run.objects.filter(contact=contact).select_related("journey", "order").order_by("-triggered_at", "-pk")
    silent_until = None
    if friction.is_silent(contact, timezone.now()):
        silent_until = contact.friction_until
    kept = ContactStage.objects.filter(contact=contact).first()
    context = {
        "silent_until": silent_until,
        "stage": kept and kept.times.at(timezone.now()),
        "is_arrival_estimated": kept and kept.is_estimated,
        "store": contact.store,
        "contact": contact,
        "points": points_of(contact),
        "waiting": runs.filter(ended_at=None)[:50],
    }
    return render(request, "dashboard/journeys/person.html", context)
