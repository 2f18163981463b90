"""The pages of offers: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from checkout_widgets.models import Offer, OfferItem
from checkout_widgets.offer_changes import PromiseError, save_offer
from dashboard import paging, shell
from dashboard.fragments import page_or_part
from dashboard.members import (
    actor_of,
    administered_store,
    can_edit,
    editable_store,
    is_store_admin,
    require_editor,
)
from dashboard.offers.analytics import AnalyticsPage
from dashboard.offers.forms import OfferEditForm
from dashboard.offers.one_offer import OneOfferPage, Promises
from dashboard.offers.page import OffersPage
from dashboard.offers.price_rules import PriceRulesForm, broken_by, save_rules
from dashboard.treatment.offer_form import NewOfferForm
from dashboard.treatment.products import found_products
from experiments.models import Store


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Offers"))
def offers(request: HttpRequest, store: Store) -> HttpResponse:
    """A store's offers with what became of each."""
    context = {"list": OffersPage.asked(store, request.GET, timezone.now())}
    return page_or_part(request, "dashboard/offers.html", "list", context)


@require_safe
@login_required
@shell.about_one_store(gettext_lazy("Analytics"))
def analytics(request: HttpRequest, store: Store) -> HttpResponse:
    """The figures of a store's offers, told apart by one thing."""
    context = {"page": AnalyticsPage.asked(store, request.GET, timezone.now())}
    return page_or_part(request, "dashboard/offers/analytics.html", "figures", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@shell.about_one_store(gettext_lazy("Price rules"))
def price_rules(request: HttpRequest, store: Store) -> HttpResponse:
    """Show what offers may say of prices (GET), and set it (POST, the store's admins)."""
    form, status = PriceRulesForm(instance=store), 200
    if request.method == "POST":
        form = PriceRulesForm(request.POST, instance=administered_store(request))
        if form.is_valid():
            save_rules(form, actor_of(request))
            messages.success(request, _("The price rules were saved."))
            return redirect(shell.address_of("dashboard:price_rules", store))
        store.refresh_from_db()
        status = 422
    context = {
        "store": store,
        "form": form,
        "is_admin": is_store_admin(request, store),
        "broken": broken_by(store, timezone.now()),
    }
    return render(request, "dashboard/offers/price_rules.html", context, status=status)


@require_safe
@login_required
def export_analytics(request: HttpRequest) -> HttpResponse:
    """Send the same figures as a file."""
    store = shell.one_store(request)
    if store is None:
        raise Http404("No store.")
    page = AnalyticsPage.asked(store, request.GET, timezone.now())
    response = HttpResponse(page.csv(), content_type="text/csv; charset=utf-8")
    name = f"{store.slug}-offers-by-{page.by}-{page.period.span.last.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def offer(request: HttpRequest, store_slug: str, offer_key: str) -> HttpResponse:
    """Show one offer with what became of it, and save changes of it."""
    store = shell.one_store(request)
    shown = get_object_or_404(Offer.objects.select_related("store"), store=store, key=offer_key)
    if request.method == "POST":
        require_editor(request, shown.store)
    products = [item.product for item in OfferItem.objects.filter(offer=shown).select_related("product")]
    promises = Promises(shown, products)
    form = OfferEditForm(request.POST or None, instance=shown, products=products, fixed=promises.fixed)
    if request.method == "POST" and form.is_valid():
        save_changes(request, form)
        return redirect("dashboard:offer", store_slug, offer_key)
    context = {
        "page": OneOfferPage.asked(shown, request.GET, timezone.now()),
        "form": form,
        "promises": promises,
        "is_editable": can_edit(request, shown.store),
    }
    status = 200
    if form.errors:
        status = 422
    return render(request, "dashboard/offers/offer.html", context, status=status)


def save_changes(request: HttpRequest, form: OfferEditForm) -> None:
    """Save what was changed of an offer, and say so; nothing of it where a test needs the offer as it is."""
    try:
        save_offer(form.instance, form.changed_columns(), form.changed_products(), actor=actor_of(request))
    except PromiseError:
        messages.error(request, _("A test with this offer has started meanwhile. Nothing was saved."))
    else:
        messages.success(request, _("“%(offer)s” is saved.") % {"offer": form.instance})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Show the form of a new offer, and create it."""
    store = editable_store(request)
    form = NewOfferForm(request.POST or None, store=store)
    if form.is_valid():
        created = form.save()
        messages.success(request, _("“%(offer)s” is created. Use it in a test.") % {"offer": created})
        return redirect("dashboard:offer", store.slug, created.key)
    context = {"form": form, "store": store, "products": found_products(store, ""), "chosen": form["product"].value()}
    return render(request, "dashboard/offers/new.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def products(request: HttpRequest) -> HttpResponse:
    """Show the products that a search finds."""
    store: Store = editable_store(request)
    context = {"products": found_products(store, paging.words(request.GET))}
    return render(request, "dashboard/treatment/products.html", context)
