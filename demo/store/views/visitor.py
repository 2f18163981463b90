"""The ribbon's questions: who am I to Offerlift, and can I be somebody else?"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from demo.store.forms import VISITOR_ID
from demo.store.shop import VISITOR_COOKIE, DemoShop, shop_view
from experiments.assignment.allocation import WeightedVariant, choose_variant, is_held_out, is_included
from experiments.models import Experiment


@require_safe
@never_cache
@shop_view
def visitor(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """``{"visitor_id", "experiments": [{"name", "moment", "variant", "report_url"}]}`` of the visitor in the query."""
    visitor_id = request.GET.get("id", "")
    if not VISITOR_ID.fullmatch(visitor_id):
        return JsonResponse({"error": {"code": "bad_field", "message": "The visitor id is not valid."}}, status=400)
    running = Experiment.objects.running().filter(store=shop.store).order_by("moment", "-priority")
    running = running.select_related("store").prefetch_related("variants")
    experiments = []
    for experiment in running:
        experiments.append(as_seen_by(visitor_id, experiment))
    return JsonResponse({"visitor_id": visitor_id, "experiments": experiments})


def as_seen_by(visitor_id: str, experiment: Experiment) -> dict[str, Any]:
    """What an experiment is to the visitor."""
    return {
        "name": experiment.name,
        "moment": experiment.get_moment_display(),
        "variant": variant_for(visitor_id, experiment),
        "report_url": report_url(experiment),
    }


def variant_for(visitor_id: str, experiment: Experiment) -> str:
    """The variant's name, or why there is none."""
    # in the edge's order: the holdout before the share of the test
    store = experiment.store
    if is_held_out(store.slug, visitor_id, store.holdout_share):
        return "Held out: no offers"
    if not is_included(experiment.salt, visitor_id, experiment.served_share):
        return "Not in the test"
    names, arms = {}, []
    for variant in experiment.variants.all():
        names[variant.key] = variant.name or variant.key
        arms.append(WeightedVariant(variant.key, variant.weight))
    return names[choose_variant(experiment.salt, visitor_id, arms)]


def report_url(experiment: Experiment) -> str | None:
    """The report's address, where the dashboard is served beside the shop."""
    try:
        return reverse("dashboard:report", args=[experiment.store.slug, experiment.key])
    except NoReverseMatch:
        return None


@require_POST
@shop_view
def new_visitor(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Forget the shopper: cart, orders and visitor id; the page's script forgets what the browser stored."""
    # only the shop's own: the demo's dashboard has the same session, and its user stays signed in
    for name in list(request.session.keys()):
        if name.startswith("demo_store_"):
            del request.session[name]
    response = redirect("demo_store:products")
    response.delete_cookie(VISITOR_COOKIE)
    return response
