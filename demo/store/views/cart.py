"""The cart and what can be done with it."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from demo.store import cart_summary, orders
from demo.store.acceptance import AcceptedOffer, BadAcceptance, verify
from demo.store.shop import DemoShop, render_page, shop_view
from demo.store.views.browsing import on_sale
from demo.templatetags.demo_store import price
from experiments.models import Moment, Store


@require_safe
@shop_view
def cart(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """What is in the cart; here offers may appear, in their slot and when the shopper is about to leave."""
    if shop.cart.drop_expired():
        messages.warning(request, "An offer in your cart has expired and was removed.")
    # there is nothing to offer something beside in an empty cart
    moments = []
    if shop.cart.lines:
        moments = [Moment.CART.value, Moment.EXIT_INTENT.value]
    shipping_minor = orders.shipping_minor(shop.cart, "standard")
    context = {
        "shipping_minor": shipping_minor,
        "total_minor": shop.cart.subtotal_minor + shipping_minor,
        "missing_for_free_shipping_minor": orders.FREE_SHIPPING_FROM_MINOR - shop.cart.subtotal_minor,
    }
    return render_page(request, shop, "cart.html", context, moments=moments)


@require_POST
@shop_view
def add(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Put a product in the cart and show it."""
    product = get_object_or_404(on_sale(shop.store), sku=request.POST.get("sku", "").replace("\x00", ""))
    shop.cart.add(product.sku, max(1, number(request.POST.get("quantity", "1"), otherwise=1)))
    messages.success(request, f"{product.title} was added to your cart.")
    return redirect("demo_store:cart")


@require_POST
@shop_view
def change(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Set how many of a product there are; 0 takes it out."""
    sku = request.POST.get("sku", "")
    if sku in shop.cart.quantities:
        shop.cart.change(sku, number(request.POST.get("quantity", ""), otherwise=shop.cart.quantities[sku]))
    return redirect("demo_store:cart")


@require_POST
@shop_view
def remove_offer(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Take an accepted offer out again."""
    shop.cart.decline(request.POST.get("jti", ""))
    return redirect("demo_store:cart")


@require_POST
@shop_view
def accept(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Put an accepted offer in at its price, and say what the summary says then.

    The body is ``{"acceptance_token": "..."}``, sent by the page's script.
    """
    try:
        offer = read_acceptance(request, shop.store)
        lines = shop.cart.accept(offer)
    except BadAcceptance as error:
        return bad_acceptance(error)
    answer = summary_of(request, shop)
    cost = price(offer.total_minor, shop.store.currency)
    announcement = cart_summary.added(cart_summary.titles_of(lines), cost, answer["summary"]["total"])
    return JsonResponse(answer | {"said": announcement, "offer": offer.jti})


@require_safe
@shop_view
def accept_from_message(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Put an offer in that was accepted on the page of a message, which leads here with the token."""
    try:
        offer = verify(shop.store, request.GET.get("offerlift_token", ""))
        lines = shop.cart.accept(offer)
    except BadAcceptance as error:
        messages.warning(request, f"The offer can't be added: {error}")
        return redirect("demo_store:cart")
    titles = ", ".join(cart_summary.titles_of(lines))
    messages.success(request, f"{titles}: added for {price(offer.total_minor, shop.store.currency)}.")
    return redirect("demo_store:cart")


@require_POST
@shop_view
def undo(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Take an accepted offer back, expired or not; the body is that of ``accept``."""
    try:
        lines = shop.cart.take_back(read_token(request))
    except BadAcceptance as error:
        return bad_acceptance(error)
    answer = summary_of(request, shop)
    titles = cart_summary.titles_of(lines)
    announcement = ""
    if titles:
        announcement = cart_summary.removed(titles, answer["summary"]["total"])
    return JsonResponse(answer | {"said": announcement})


def summary_of(request: HttpRequest, shop: DemoShop) -> dict[str, Any]:
    """The cart as it is now, with the delivery that is chosen on the page, or was before. Raises ``BadAcceptance``."""
    address = request.session.get(orders.ADDRESS_KEY, {})
    delivery = read_body(request).get("delivery")
    if delivery not in list(orders.SHIPPING_MINOR):
        delivery = address.get("delivery", "standard")
    return cart_summary.summary(shop.cart, delivery)


def read_body(request: HttpRequest) -> dict[str, Any]:
    """What the page's script has sent. Raises ``BadAcceptance``."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadAcceptance("The body is not JSON.") from error
    if not isinstance(body, dict):
        return {}
    return body


def read_token(request: HttpRequest) -> str:
    """The acceptance's token that the body carries, unread. Raises ``BadAcceptance``."""
    token = read_body(request).get("acceptance_token")
    if not isinstance(token, str):
        raise BadAcceptance("The acceptance is missing.")
    return token


def read_acceptance(request: HttpRequest, store: Store) -> AcceptedOffer:
    """The accepted offer that the body carries. Raises ``BadAcceptance``."""
    return verify(store, read_token(request))


def bad_acceptance(error: BadAcceptance) -> HttpResponse:
    """Why an acceptance can't be taken."""
    return JsonResponse({"error": {"code": "bad_acceptance", "message": str(error)}}, status=400)


def number(text: str, *, otherwise: int) -> int:
    """A whole number that somebody typed; ``otherwise`` where it isn't one."""
    # "²" is a digit as well, but no number; seven digits are more than any cart takes
    if text.isascii() and text.isdigit() and len(text) < 7:
        return int(text)
    return otherwise
