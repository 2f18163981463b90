"""A store's deliverability: HTTP only."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from dashboard import shell
from dashboard.deliverability.page import DeliverabilityPage
from experiments.models import Store


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Deliverability"))
def deliverability(request: HttpRequest, store: Store) -> HttpResponse:
    """Show what became of the store's messages."""
    return render(request, "dashboard/deliverability/page.html", {"page": DeliverabilityPage.of(store, timezone.now())})


@require_safe
@login_required
def deliverability_of(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Lead to a store's page from an e-mail."""
    return redirect(f"{reverse('dashboard:deliverability_of_chosen')}?{urlencode({'store': store_slug})}")
