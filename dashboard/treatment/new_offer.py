"""The page of a new offer for a treatment: HTTP only."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from checkout_widgets.models import Product
from dashboard import paging
from dashboard.treatment.offer_form import NewOfferForm
from dashboard.treatment.views import treatment_of
from experiments.models import Store

SHOWN = 12  # products at once: as many as fit without scrolling far, and the search finds the others


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_offer(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> HttpResponse:
    """Show the form, and create the offer; then it is chosen on the treatment's page, which saves it."""
    variant = treatment_of(request, store_slug, experiment_key, variant_key)
    store = variant.experiment.store
    form = NewOfferForm(request.POST or None, store=store)
    if form.is_valid():
        offer = form.save()
        messages.success(request, _("“%(offer)s” is created. Save the treatment to use it.") % {"offer": offer})
        page = reverse("dashboard:treatment", args=(store_slug, experiment_key, variant_key))
        return redirect(f"{page}?{urlencode({'offer': offer.pk})}")
    context = {
        "variant": variant,
        "experiment": variant.experiment,
        "form": form,
        "products": found(store, ""),
        "chosen": form["product"].value(),
    }
    status = 200
    if form.errors:
        status = 422
    return render(request, "dashboard/treatment/offer.html", context, status=status)


@require_safe
@login_required
def products(request: HttpRequest, store_slug: str, experiment_key: str, variant_key: str) -> HttpResponse:
    """Show the products that a search finds."""
    variant = treatment_of(request, store_slug, experiment_key, variant_key)
    context = {"products": found(variant.experiment.store, paging.words(request.GET))}
    return render(request, "dashboard/treatment/products.html", context)


def found(store: Store, searched: str) -> QuerySet[Product]:
    """Query the products of the store whose title or SKU has the searched text."""
    own = Product.objects.filter(store=store, is_active=True, currency=store.currency)
    if searched:
        own = own.filter(Q(title__icontains=searched) | Q(sku__icontains=searched))
    return own.order_by("title")[:SHOWN]
