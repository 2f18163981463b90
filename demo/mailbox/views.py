"""The mailbox's pages: HTTP only."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from demo import notices
from demo.after_order import making, moved_clock
from demo.mailbox import fates, programs, reading
from demo.mailbox.programs import ProgramCall
from demo.mailbox.reading import ReceivedMessage
from demo.store import orders
from demo.store.shop import DemoShop, render_page, shop_view

CALLS_KEY = "demo_store_program_calls"
# Whatever a message has in it: no script runs, nothing is loaded, no form goes anywhere, and links open in another tab.
HTML_POLICY = (
    "default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_safe
@shop_view
def messages_received(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """List the newest messages, the visitor's own first, and say what the visitor's orders have led to."""
    address = request.session.get(orders.ADDRESS_KEY, {}).get("email", "")
    numbers = [order["body"]["external_id"] for order in orders.placed(request.session)]
    own: dict[str, ReceivedMessage] = {}
    if address:
        own = {message.key: message for message in reading.newest_to(address)}
    context = {
        "address": address,
        "own": list(own.values()),
        "others": [message for message in reading.newest() if message.key not in own],
        "fates": fates.fates_of(shop.store, numbers),
        "today": timezone.now(),
        "notice": notices.notice(),
    }
    return render_page(request, shop, "mailbox/messages.html", context)


@require_safe
@csp_update({"frame-src": [SELF]})
@shop_view
def message(request: HttpRequest, shop: DemoShop, key: str) -> HttpResponse:
    """Show one message: as HTML in a frame of its own, as text, its headers, and what was heard of it."""
    received = message_of(key)
    row = fates.row_of(shop.store, received.message_id)
    context: dict[str, Any] = {
        "message": received,
        "events": fates.events_of(received.message_id),
        "person_url": "",
        "calls": request.session.pop(CALLS_KEY, []),
    }
    if row is not None:
        context["person_url"] = fates.person_url(shop.store, row.contact_id)
    return render_page(request, shop, "mailbox/message.html", context)


@require_safe
def html_part(request: HttpRequest, key: str) -> HttpResponse:
    """Return the message's HTML, which can do nothing here."""
    headers = {
        "Content-Security-Policy": HTML_POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
    }
    return HttpResponse(message_of(key).html, headers=headers)


@require_POST
@shop_view
def unsubscribe(request: HttpRequest, shop: DemoShop, key: str) -> HttpResponse:
    """Do what Gmail does at its button."""
    return with_calls(request, key, programs.unsubscribe_as_gmail(message_of(key)))


@require_POST
@shop_view
def scan(request: HttpRequest, shop: DemoShop, key: str) -> HttpResponse:
    """Do what a scanner does."""
    return with_calls(request, key, programs.open_links_as_scanner(message_of(key)))


def with_calls(request: HttpRequest, key: str, calls: list[ProgramCall]) -> HttpResponse:
    """Lead back to the message, which says what was called."""
    request.session[CALLS_KEY] = [call.as_json() for call in calls]
    return redirect("demo_mailbox:message", key=key)


@require_POST
@shop_view
def next_day(request: HttpRequest, shop: DemoShop) -> HttpResponse:
    """Let a day pass for the customers."""
    if making.progress() is not None:  # the day would come between days of the past
        messages.warning(request, "The customers are still being made. Move the clock in half a minute.")
        return redirect("demo_mailbox:messages")
    lived = moved_clock.move_by_a_day(shop.store, timezone.now())
    text = f"A day has passed: {lived.orders} customers ordered, and {lived.planned} steps came due. "
    messages.success(request, text + "Their messages arrive within a minute.")
    return redirect("demo_mailbox:messages")


def message_of(key: str) -> ReceivedMessage:
    """Return a message. Raises ``Http404``."""
    received = reading.read(key)
    if received is None:
        raise Http404("There is no such message in the mailbox.")
    return received
