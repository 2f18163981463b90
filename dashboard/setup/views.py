"""The setup page: HTTP only."""

from collections.abc import Callable
from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from checkout_widgets.models import Delivery
from checkout_widgets.webhooks import queueing
from dashboard import shell
from dashboard.members import editable_store
from dashboard.setup.order_days import OrderDayPage
from dashboard.setup.orders_health import OrdersHealth
from dashboard.setup.page import SetupPage
from dashboard.setup.rises import rises
from experiments import formatting
from experiments.models import Store
from tools import woocommerce_plugin

LONGEST_NUMBER = 18  # digits that fit the database's key


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Setup"))
def setup(request: HttpRequest, store: Store) -> HttpResponse:
    """Show what arrives from a store and what to fix, and how its orders are doing.

    ``?day=2026-11-20`` chooses the day whose orders are reconciled, ``&fate=no_visitor`` lists those of one fate.
    """
    now = timezone.now()
    context = {
        "page": SetupPage(request, store, now),
        "health": OrdersHealth(store, now),
        "rises": rises(store, now),
        "orders_day": OrderDayPage.of(store, now, request.GET),
    }
    return render(request, "dashboard/setup.html", context)


@require_safe
def arrivals(request: HttpRequest) -> HttpResponse:
    """Send the part of the page that shows what has arrived, where it has moved."""
    return moved_part(request, "dashboard/setup.html#arrivals", lambda page: page.fingerprint)


@require_safe
def trial_orders(request: HttpRequest) -> HttpResponse:
    """Send the test orders, where something has come of them since."""
    return moved_part(request, "dashboard/setup/trial_orders.html#rows", lambda page: page.trials.seen)


def moved_part(request: HttpRequest, template: str, seen_of: Callable[[SetupPage], str]) -> HttpResponse:
    """Send a part of the page; nothing (204) where it is as the browser has seen it, the whole page after a logout.

    ``seen_of`` gives what tells one state of the part from another, which the browser sends back as ``seen``.
    """
    if not request.user.is_authenticated:
        # A redirect to the login would be swapped into the page; a reload leads there.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    store = shell.one_store(request)
    if store is None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    page = SetupPage(request, store, timezone.now())
    if request.GET.get("seen") == seen_of(page):
        return HttpResponse(status=204)
    return render(request, template, {"page": page})


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Setup"))
def guide(request: HttpRequest, store: Store) -> HttpResponse:
    """Show a developer how to connect any shop, with the store's own key and addresses, as plain text."""
    text = SetupPage(request, store, timezone.now()).code.guide
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@login_required
def plugin(request: HttpRequest) -> HttpResponse:
    """Send the WooCommerce plugin as the zip that WordPress installs; it holds nothing of any store."""
    file = BytesIO()
    woocommerce_plugin.write_zip(file)
    headers = {"Content-Disposition": f'attachment; filename="{woocommerce_plugin.NAME}.zip"'}
    return HttpResponse(file.getvalue(), content_type="application/zip", headers=headers)


@require_POST
@login_required
def try_again(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Retry a delivery that was given up, or all of the store's; for its editors."""
    store = editable_store(request)
    letters = Delivery.objects.filter(connection__store=store)
    chosen = request.POST.get("delivery", "")
    if chosen.isdecimal() and len(chosen) <= LONGEST_NUMBER:
        letters = letters.filter(pk=int(chosen))
    number = queueing.try_again(letters)
    text = ngettext("Retrying %(count)s delivery.", "Retrying %(count)s deliveries.", number)
    messages.success(request, text % {"count": formatting.count(number)})
    return redirect(f"{reverse('dashboard:setup')}?store={store.slug}#letters")
