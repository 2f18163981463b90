"""The page of what a message offered: at the price of now, and into the store's cart by one button.

GET changes nothing but what was fetched: programs that check links come before people. A click is a person's when the
page was visible for a second, or was used.
"""

from datetime import datetime
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from checkout_widgets.acceptances import (
    LIFETIME,
    AcceptRequest,
    OfferRefused,
    ShownIn,
    accept_in_message,
    goods_of,
)
from checkout_widgets.edge import languages, tokens
from checkout_widgets.models import Acceptance, Offer, Product
from checkout_widgets.pair_offers import price_minor_of
from journeys.models import CustomerMessage, MessageEvent, MessageEventKind
from journeys.pages.answering import HEADERS, answer, bad_link, words_of
from journeys.pages.preferences import name_of
from journeys.pages.shop_carts import cart_origin, cart_url
from journeys.pages.widget_content import offer_content, theme_style
from journeys.sending.letters import secure
from journeys.signed_links.signing import BadLink, OfferLink, read

RELATED = (
    "store__sender",
    "contact",
    "send_point__step",
    "send_point__variant__experiment",
    "send_point__run__journey",
)


class OfferPage:
    """What a link leads to: the message, the offer, and the link itself.

    ``sold`` are the products of an offer of pairs that are still in the catalog.
    """

    def __init__(self, link: OfferLink, message: CustomerMessage, offer: Offer) -> None:
        self.link, self.message, self.offer = link, message, offer
        self.sold = sold_by(link)
        self.price_minor = price_minor_of(offer, self.sold)
        self.locale = message.contact.locale
        self.words = words_of(self.locale, name_of(message.store))

    @property
    def shown_in(self) -> ShownIn:
        """Which test and variant the message was; of a plain step, the journey."""
        point = self.message.send_point
        assert point is not None, "only messages of a step have an offer"
        if point.variant is not None:
            return ShownIn(experiment_key=point.variant.experiment.key, variant_key=point.variant.key)
        # With a dot, which no key of a test has.
        return ShownIn(experiment_key=f"j.{point.run.journey.key}"[:64], variant_key="message")

    def is_open(self, now: datetime) -> bool:
        """Whether it can be accepted."""
        if now.timestamp() >= self.link.expires_at or len(self.sold) < len(self.link.sold):
            return False
        return self.offer.is_open(now) and self.offer.is_in_stock() and self.has_goods()

    def has_goods(self) -> bool:
        """Whether the products can be had."""
        try:
            goods_of(self.offer, self.skus)
        except OfferRefused:
            return False
        return True

    @property
    def skus(self) -> tuple[str, ...]:
        """What an offer of pairs sells, as accepting takes it."""
        return tuple(map(attrgetter("sku"), self.sold))

    @property
    def about(self) -> dict[str, str]:
        """What figures of the offer are told apart by, as of one that was accepted on the site."""
        if not self.sold:
            return {}
        return {"product": tokens.BETWEEN_PRODUCTS.join(self.skus)}


def sold_by(link: OfferLink) -> list[Product]:
    """Return the products that a link names, in its order, as far as they are there."""
    if not link.sold:
        return []
    products = Product.objects.filter(store=link.store_id).in_bulk(link.sold)
    return [products[product_id] for product_id in link.sold if product_id in products]


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def offer_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offer (GET), and accept it (POST)."""
    page = page_of(token)
    if page is None:
        return bad_link()
    now = timezone.now()
    if not page.is_open(now):
        return gone(page)
    if request.method == "POST":
        return accept(page, request, now)
    note(page.message, MessageEventKind.FETCHED, now)
    return show(page, token)


def page_of(token: str) -> OfferPage | None:
    """Return what a token leads to; None where it is none of ours, or what it was of is erased."""
    try:
        link = read(token, OfferLink)
    except BadLink:
        return None
    message = CustomerMessage.objects.select_related(*RELATED).filter(pk=link.message_id, store=link.store_id).first()
    offer = Offer.objects.select_related("store").filter(pk=link.offer_id, store=link.store_id).first()
    if message is None or offer is None or message.send_point is None:
        return None
    return OfferPage(link, message, offer)


def show(page: OfferPage, token: str, *, status: int = 200) -> HttpResponse:
    """Return the page, and say where the price isn't the message's any more."""
    locale, store = languages.known_locale(page.locale), page.message.store
    content = offer_content(page.offer, page.sold, accept_label=page.words["accept"], locale=locale, now=timezone.now())
    old_price = ""
    if page.price_minor != page.link.price_minor:
        before = languages.money(page.link.price_minor, page.offer.currency, locale)["text"]
        old_price = page.words["price_changed"].replace("{price}", before)
    context: dict[str, Any] = {
        "words": page.words,
        "content": with_secure_pictures(content),
        "theme": theme_style(content["theme"]),
        "store_name": name_of(store),
        "old_price": old_price,
        "price_minor": page.price_minor,
        "seen_url": reverse("message_seen", args=[token]),
    }
    return answer("offer", page.locale, context, status=status, leads_to=cart_origin(page.message.store))


def with_secure_pictures(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content without the pictures that would be loaded over a line that others can read."""
    items = [item | {"image_url": secure(item["image_url"] or "")} for item in content["items"]]
    return content | {"items": items}


def gone(page: OfferPage) -> HttpResponse:
    """Return that the offer is over."""
    context = {"words": page.words, "title": page.words["offer_gone"], "text": ""}
    return answer("notice", page.locale, context, status=410)


@csrf_exempt
@require_POST
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """Note that a person saw the page."""
    page = page_of(token)
    if page is not None:
        note(page.message, MessageEventKind.CLICKED, timezone.now())
    return HttpResponse(status=204, headers=HEADERS)


def note(message: CustomerMessage, kind: MessageEventKind, now: datetime) -> None:
    """Store what happened, once an hour at most: programs may open a link any number of times."""
    at = now.replace(minute=0, second=0, microsecond=0)
    MessageEvent.objects.get_or_create(message=message, kind=kind, at=at)


def accept(page: OfferPage, request: HttpRequest, now: datetime) -> HttpResponse:
    """Accept the offer at the price that the form showed, and lead to the store's cart."""
    message, shown_price = page.message, request.POST.get("price_minor", "")
    token = request.path.rpartition("/")[2]
    if not shown_price.isdecimal() or len(shown_price) > 15 or int(shown_price) != page.price_minor:
        return show(page, token, status=409)  # it changed while the page was open: the form has the new one
    accepted = AcceptRequest(
        store_id=message.store_id,
        visitor_id=f"c:{message.contact.customer_key}",
        idempotency_key=click_key(message, now),
        variant_id=0,
        offer_id=page.offer.pk,
        quantity=1,
        shown_price_minor=int(shown_price),
        about=page.about,
        sold=page.skus,
    )
    try:
        acceptance = accept_in_message(accepted, page.shown_in, now)
    except OfferRefused:
        # Between the page and the click it was sold out, or ended: the page says so, and nothing is counted.
        return gone(page)
    note(message, MessageEventKind.CLICKED, now)
    note(message, MessageEventKind.ACCEPTED, now)
    return lead_to_cart(page, acceptance)


def click_key(message: CustomerMessage, now: datetime) -> str:
    """Return the same key for as long as an acceptance lasts at most: a button pressed twice is one acceptance."""
    return f"m{message.pk}.{int(now.timestamp() // LIFETIME.total_seconds())}"


def lead_to_cart(page: OfferPage, acceptance: Acceptance) -> HttpResponse:
    """Lead to where the store takes the acceptance; where it has no such page, say that it is theirs."""
    store = page.message.store
    address = cart_url(store, acceptance, tokens.sign_acceptance(store, acceptance))
    if address:
        return HttpResponseRedirect(address, status=303, headers=HEADERS)
    context = {"words": page.words, "title": page.offer.name, "text": page.words["accepted"]}
    return answer("notice", page.locale, context)
