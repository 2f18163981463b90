"""Shipping, payment and confirmation. No card is charged and no address leaves the session."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from demo.store import cart_summary, orders
from demo.store.acceptance import BadAcceptance
from demo.store.forms import CARD, SHOPPER, PaymentForm, ShippingForm
from demo.store.shop import DemoShop, api_address, render_page, shop_view
from demo.store.views.cart import bad_acceptance, read_acceptance, read_token
from demo.templatetags.demo_store import price
from experiments.models import Moment

NAME_KEY = "demo_store_shopper"


@require_http_methods(["GET", "HEAD", "POST"])
@shop_view
def shipping(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Address and delivery."""
    if not shop.cart.lines:
        return redirect("demo_store:cart")
    form = ShippingForm(request.POST or None, initial=address_of(request))
    if form.is_valid():
        request.session[orders.ADDRESS_KEY] = form.cleaned_data
        return redirect("demo_store:payment")
    context = {
        "form": form,
        "standard_minor": orders.shipping_minor(shop.cart, "standard"),
        "express_minor": orders.shipping_minor(shop.cart, "express"),
    }
    return render_page(request, shop, "shipping.html", context, moments=[Moment.SHIPPING.value])


@require_http_methods(["GET", "HEAD", "POST"])
@shop_view
def payment(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """The make-believe card; a good one places the order."""
    address = request.session.get(orders.ADDRESS_KEY)
    if not shop.cart.lines:
        return redirect("demo_store:cart")
    if not address:
        return redirect("demo_store:shipping")
    # before the form is read: nobody should pay for a price that the shopper no longer gets
    if shop.cart.drop_expired():
        messages.warning(request, "An offer in your cart has expired and was removed. Check your cart before you pay.")
        return redirect("demo_store:cart")
    form = PaymentForm(request.POST or None, initial=CARD)
    if form.is_valid():
        order = orders.place(shop.cart, request.session, address=address, visitor_id=form.cleaned_data["visitor_id"])
        orders.deliver(order, request.session, store=shop.store, api=api_address(request, shop.store))
        return redirect("demo_store:confirmation", number=order["body"]["external_id"])
    shipping_minor = orders.shipping_minor(shop.cart, address["delivery"])
    context = {
        "form": form,
        "address": address,
        "shipping_minor": shipping_minor,
        "total_minor": shop.cart.subtotal_minor + shipping_minor,
        "is_declined": form.has_error("number", "declined"),
    }
    return render_page(request, shop, "payment.html", context, moments=[Moment.PAYMENT.value])


@require_safe
@shop_view
def confirmation(request: HttpRequest, shop: DemoShop, number: str) -> HttpResponse:
    """A placed order of this shopper; one that Offerlift doesn't know yet is sent again."""
    order = order_of(request, number)
    orders.deliver(order, request.session, store=shop.store, api=api_address(request, shop.store))
    is_extended = order.get("is_extended", False)
    moments = [Moment.CONFIRMATION.value]
    if is_extended:  # one offer is enough
        moments = []
    context = {
        "order": order["body"],
        "conversion": orders.conversion(order),
        "is_extended": is_extended,
        "lines": lines_of(order),
        "address": address_of(request),
    }
    return render_page(request, shop, "confirmation.html", context, moments=moments, bought=order["body"])


def address_of(request: HttpRequest) -> dict[str, Any]:
    """The shopper's address, which is filled in already; each new visitor is a customer of their own by the email."""
    known: dict[str, Any] | None = request.session.get(orders.ADDRESS_KEY)
    if known is not None:
        return known
    name = request.session.setdefault(NAME_KEY, secrets.token_hex(2))
    return SHOPPER | {"email": f"alex.{name}@example.com"}


def lines_of(order: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a placed order, each with its title and what it comes to."""
    lines = []
    for line, title in zip(order["body"]["lines"], order["titles"], strict=True):
        lines.append(line | {"title": title, "total_minor": line["quantity"] * line["price_minor"]})
    return lines


@require_POST
@shop_view
def accept_afterwards(request: HttpRequest, shop: DemoShop, number: str) -> HttpResponse:
    """Add an accepted offer to a placed order; the body is that of ``accept``."""
    order = order_of(request, number)
    try:
        offer = read_acceptance(request, shop.store)
        titles = orders.add_offer(order, offer, request.session, store=shop.store)
    except BadAcceptance as error:
        return bad_acceptance(error)
    orders.deliver(order, request.session, store=shop.store, api=api_address(request, shop.store))
    cost = price(offer.total_minor, shop.store.currency)
    total = total_of(order)
    announcement = cart_summary.added(titles, cost, total)
    return JsonResponse(
        {
            "total_minor": order["body"]["total_minor"],
            "summary": {"total": total},
            "said": announcement,
            "offer": offer.jti,
        }
    )


@require_POST
@shop_view
def undo_afterwards(request: HttpRequest, shop: DemoShop, number: str) -> HttpResponse:
    """Take an offer back that was added to a placed order; the body is that of ``accept``."""
    order = order_of(request, number)
    try:
        titles = orders.take_out(order, read_token(request), request.session)
    except BadAcceptance as error:
        return bad_acceptance(error)
    orders.deliver(order, request.session, store=shop.store, api=api_address(request, shop.store))
    total = total_of(order)
    announcement = ""
    if titles:
        announcement = cart_summary.removed(titles, total)
    return JsonResponse(
        {"total_minor": order["body"]["total_minor"], "summary": {"total": total}, "said": announcement}
    )


def total_of(order: dict[str, Any]) -> str:
    """What a placed order comes to, as text."""
    return price(order["body"]["total_minor"], order["body"]["currency"])


def order_of(request: HttpRequest, number: str) -> dict[str, Any]:
    """A placed order of this shopper. Raises ``Http404``."""
    for order in orders.placed(request.session):
        if order["body"]["external_id"] == number:
            return order
    raise Http404("There is no such order in this browser.")
