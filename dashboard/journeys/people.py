"""Why a customer got a message, or didn't: HTTP only."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboard import shell
from experiments.customer_keys import address_digest, customer_key
from experiments.models import Order, Store
from journeys.life.figures import points_of
from journeys.models import Address, Contact, Run

LONGEST_TEXT = 254


@require_safe
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """Find a customer by order number, customer ID or email address, and lead to their page."""
    store = shell.one_store(request)
    if store is None:
        return render(request, "dashboard/no_store.html", {"title": _("Journeys")})
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT]
    contact = contact_named(store, text)
    if contact is not None:
        return redirect("dashboard:journey_person", store.slug, contact.pk)
    return render(request, "dashboard/journeys/find.html", {"store": store, "text": text})


def contact_named(store: Store, text: str) -> Contact | None:
    """Return whom an order number, a customer ID or an address names; None where nobody has it."""
    if not text:
        return None
    order = Order.objects.filter(store=store, external_id=text[:64]).first()
    keys = {customer_key(store.pk, customer_id=text)}
    if order is not None:
        keys.add(order.customer_key)
    found = Contact.objects.filter(store=store, customer_key__in=keys - {""}).first()
    digest = address_digest(store.pk, text)
    if found is None and digest:
        address = Address.objects.filter(store=store, digest=digest).select_related("contact").first()
        if address is not None:
            return address.contact
    return found


@require_safe
@login_required
def person(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Show a customer's send points, each with its verdict, and where their runs stand."""
    visible = Contact.objects.filter(store__in=shell.shell_of(request).stores).select_related("store")
    contact = get_object_or_404(visible, store__slug=store_slug, pk=pk)
    runs = Run.objects.filter(contact=contact).select_related("journey", "order").order_by("-triggered_at", "-pk")
    context = {
        "store": contact.store,
        "contact": contact,
        "points": points_of(contact),
        "waiting": runs.filter(ended_at=None)[:50],
    }
    return render(request, "dashboard/journeys/person.html", context)
