"""A stage for widgets in the console: a page of its own in a frame, where the real snippet shows a given content.

The content travels signed in the page's key, and comes back as the answer to the snippet's request for a decision, so
that nothing is stored, and nothing is answered that the console hasn't made. The frames are sandboxed: they share
neither cookies nor storage with the console.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from csp.decorators import csp_replace
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from checkout_widgets.edge.content import decoded
from checkout_widgets.edge.decide_answer import TRIGGERS
from checkout_widgets.edge.offers import load_offers, widget_configuration
from checkout_widgets.edge.paired import widget_with
from checkout_widgets.edge.pairs import of_ranks
from checkout_widgets.edge.parts import parts_of
from checkout_widgets.edge.personal_prices import is_personal
from checkout_widgets.edge.previews.shown import sample_cart_minor
from checkout_widgets.edge.running_order import pairs_of
from checkout_widgets.edge.widget_configuration import WidgetConfiguration
from checkout_widgets.models import NextWidget, Offer, Widget
from checkout_widgets.pair_offers import RANKS
from experiments.models import Store

View = Callable[..., HttpResponseBase]
SALT = "upsell.stage"
MAX_AGE_S = 3600  # a form may stand open for as long before its preview is loaded anew
MOMENT = "cart"


def allow_framing(view: View) -> View:
    """A view whose page the console may put into a frame."""
    return xframe_options_sameorigin(csp_replace({"frame-ancestors": "'self'"})(view))


def shown_content(widget: Widget | NextWidget, language: str, device: str) -> dict[str, Any] | None:
    """What a shopper would see of a widget, saved or not; None of an offer that isn't the store's, or has no pair."""
    store = widget.variant.experiment.store
    experiment = widget.variant.experiment
    # with those of the other variants, which say whether everybody gets this price
    is_in_test = Q(widgets__variant__experiment=experiment) | Q(next_widgets__variant__experiment=experiment)
    offers = load_offers(Offer.objects.filter(is_in_test | Q(pk=widget.offer_id), store=store).distinct())
    offer = offers.get(widget.offer_id)
    if offer is None:
        return None
    cart_minor = sample_cart_minor(store.free_shipping_minor)
    is_marked = store.is_personal_price_marked and is_personal(offer, offers.values(), experiment, store)
    configuration = widget_configuration(widget, offer, store, is_price_marked=is_marked)
    if offer.pairing:
        sample = with_sample(configuration, store)
        if sample is None:
            return None
        configuration = sample
    return decoded(configuration, language, timezone.now(), device=device, cart_minor=cart_minor)


def with_sample(widget: WidgetConfiguration, store: Store) -> WidgetConfiguration | None:
    """Return a widget of pairs with what goes with some product of the store; None where too little does."""
    pairs, ranks = pairs_of(store), RANKS[widget.offer.pairing]
    best = pairs.sample(widget.offer.pair_source)
    if len(best) <= ranks[-1]:
        return None
    return widget_with(widget, pairs, of_ranks(best, ranks))


def empty_page(request: HttpRequest, widget: Widget | NextWidget | None, *, scheme: str) -> HttpResponse:
    """The page where there is nothing to show: nothing is chosen yet, or the offer has no pair with any product."""
    has_no_pair = widget is not None and widget.offer_id is not None and bool(widget.offer.pairing)
    return TemplateResponse(request, "stage/empty.html", {"scheme": scheme, "has_no_pair": has_no_pair})


def page(request: HttpRequest, content: dict[str, Any], *, language: str, scheme: str) -> HttpResponse:
    """The page that shows a content, as ``edge.content`` builds it; ``scheme`` is light or dark."""
    context = {
        "key": signing.dumps(content, salt=SALT, compress=True),
        "api": request.build_absolute_uri(reverse("stage_decide")),
        "moment": MOMENT,
        "language": language,
        "scheme": scheme,
    }
    return TemplateResponse(request, "stage/page.html", context)


@csrf_exempt
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """What the snippet on a stage gets: the content that its key carries, as a preview."""
    try:
        content = signing.loads(msgspec.json.decode(request.body)["key"], salt=SALT, max_age=MAX_AGE_S)
    except (signing.BadSignature, msgspec.DecodeError, TypeError, KeyError, AttributeError, UnicodeDecodeError):
        return JsonResponse({"error": {"code": "bad_token", "message": "The stage is over."}}, status=401)
    decision = {
        "moment": MOMENT,
        "experiment": "stage",
        "variant": "stage",
        "rollout": False,
        "trigger": TRIGGERS[MOMENT],
        "exposure_token": None,
        "content": content,
        "parts": msgspec.json.decode(parts_of(MOMENT, [content["layout"]])),
    }
    answer = {
        "visitor_id": None,
        "ttl_s": 300,
        "enabled": True,
        "offers_left": 1,
        "preview": True,
        "decisions": [decision],
    }
    response = JsonResponse(answer)
    response["Access-Control-Allow-Origin"] = "*"  # a sandboxed frame has no origin to name
    response["Cache-Control"] = "no-store"
    return response
