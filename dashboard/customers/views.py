"""The page of a store's customers: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from checkout_widgets import store_jobs
from checkout_widgets.customer_figures.jobs import count_customers
from dashboard import shell
from dashboard.customers.exports import csv_of
from dashboard.customers.page import CustomersPage
from dashboard.members import can_edit, editable_store
from experiments.models import Store


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Customers"))
def customers(request: HttpRequest, store: Store) -> HttpResponse:
    """Show cohorts, forecasts, replenishment, and what customers did in tests."""
    context = {"page": CustomersPage.asked(store, request.GET), "is_editor": can_edit(request, store)}
    return render(request, "dashboard/customers/page.html", context)


@require_safe
@login_required
def export(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Download all figures of the page."""
    store = shell.one_store(request)
    if store is None:
        raise Http404("No store.")
    # The file has what the page has: the stored figures, never newer ones.
    figures = CustomersPage(store).figures
    if figures is None:
        raise Http404("Nothing is counted yet.")
    response = HttpResponse(csv_of(figures, store), content_type="text/csv; charset=utf-8")
    name = f"{store.slug}-customers-{figures.last_day.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@login_required
def count(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Have a store's customers counted again now."""
    store = editable_store(request)
    store_jobs.queue(count_customers, store.pk)
    messages.success(request, _("The customers are being counted. Reload this page in a minute."))
    return redirect(shell.address_of("dashboard:customers", store))
