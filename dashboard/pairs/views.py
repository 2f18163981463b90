"""The pages of product pairs: HTTP only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from checkout_widgets import store_jobs
from checkout_widgets.models import ChosenPair, Product
from checkout_widgets.recommending import curating
from checkout_widgets.recommending.jobs import count_pairs
from dashboard import shell
from dashboard.members import actor_of, can_edit, editable_store, require_editor
from dashboard.pairs.forms import CategoryPairForm, PairForm
from dashboard.pairs.page import PairsPage, ProductPairsPage
from experiments.models import Store


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@shell.about_one_store(gettext_lazy("Bought together"))
def pairs(request: HttpRequest, store: Store) -> HttpResponse:
    """List a store's products with what is bought with them; pin or ban a suggestion for a category."""
    form = CategoryPairForm(request.POST or None, store=store)
    if request.method == "POST":
        require_editor(request, store)
        if is_saved(request, form):
            return redirect(shell.address_of("dashboard:pairs", store))
    context = {"page": PairsPage.asked(store, request.GET), "form": form, "is_editor": can_edit(request, store)}
    return render(request, "dashboard/pairs/list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def product_pairs(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Show what is bought with a product; pin or ban a suggestion beside it."""
    store = shell.one_store(request)
    if store is None:
        raise Http404("No store.")
    product = get_object_or_404(Product.objects.select_related("store"), store=store, pk=pk)
    form = PairForm(request.POST or None, store=store, product=product)
    if request.method == "POST":
        require_editor(request, store)
        if is_saved(request, form):
            return redirect("dashboard:product_pairs", store_slug, pk)
    context = {"page": ProductPairsPage(product), "form": form, "is_editor": can_edit(request, store), "store": store}
    return render(request, "dashboard/pairs/product.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def release(request: HttpRequest, store_slug: str, pk: int) -> HttpResponse:
    """Neither pin nor ban a pair any longer."""
    store = editable_store(request)
    choice = get_object_or_404(ChosenPair.objects.select_related("store", "product", "suggested"), store=store, pk=pk)
    product_id = choice.product_id
    curating.forget(choice, actor=actor_of(request))
    messages.success(request, _("“%(product)s” is no longer pinned or banned.") % {"product": choice.suggested})
    if product_id is None:
        return redirect(shell.address_of("dashboard:pairs", store))
    return redirect("dashboard:product_pairs", store_slug, product_id)


@require_POST
@login_required
def count(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Have a store's pairs counted again now."""
    store = editable_store(request)
    store_jobs.queue(count_pairs, store.pk)
    messages.success(request, _("The orders are being counted. Reload this page in a minute."))
    return redirect(shell.address_of("dashboard:pairs", store))


def is_saved(request: HttpRequest, form: PairForm) -> bool:
    """Save what the form says, and say so; False where it can't be, with the errors in the form."""
    if not form.is_valid():
        return False
    choice = form.save_as(actor_of(request))
    if choice is None:
        return False
    text = _("“%(product)s” is pinned.")
    if choice.is_banned:
        text = _("“%(product)s” is banned.")
    messages.success(request, text % {"product": choice.suggested})
    return True
