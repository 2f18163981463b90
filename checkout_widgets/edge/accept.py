"""``POST /v1/accept`` and ``POST /v1/acceptances/redeem``: an offer accepted at the server's price, used once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from checkout_widgets import acceptances
from checkout_widgets.acceptances import AcceptRequest, OfferRefused, RedeemRefused
from checkout_widgets.edge import languages, payloads, tokens
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import SignedOffer, StoreConfiguration
from checkout_widgets.edge.endpoint import endpoint
from checkout_widgets.edge.parts import KEPT, encoded
from checkout_widgets.edge.payloads import AcceptBody
from checkout_widgets.edge.responses import ApiError
from checkout_widgets.edge.tokens import BadToken, ExposureToken
from experiments import money


@endpoint(max_bytes=60_000, source="accept")
def accept(call: Call) -> dict[str, Any]:
    """Give the visitor a signed acceptance of the offer that was shown; the same key gets the same one again."""
    body = call.decode(payloads.accept)
    store = call.store_for_page(body.key)
    token = token_of(store, body, call.now)
    try:
        acceptance = acceptances.accept_offer(accept_request(store, body, token), call.now)
    except OfferRefused as refused:
        raise refusal(refused, body.locale or "") from refused
    if acceptance.quantity != body.quantity:
        raise ApiError(
            400,
            "bad_field",
            "This idempotency key was used with another quantity. Use a new key.",
            field="idempotency_key",
        )
    answer = {
        "acceptance_token": tokens.sign_acceptance(store, acceptance),
        "expires_at": acceptance.expires_at,
        "currency": acceptance.currency,
        "decimals": money.decimals(acceptance.currency),
        "total_minor": acceptance.total_minor,
        "quantity": acceptance.quantity,
        "lines": acceptance.lines,
        "parts": encoded(frozenset({KEPT})),
    }
    if acceptance.replaces:
        answer["replaces"] = acceptance.replaces
    return answer


def accept_request(store: StoreConfiguration, body: AcceptBody, token: ExposureToken) -> AcceptRequest:
    """What the visitor accepts, by the token of what was shown. Raises ``ApiError`` where it wasn't."""
    offered, step = offered_at(token, body.step), body.step or ""
    pairs = tokens.pairs_of(token)
    sold: tuple[str, ...] = ()
    if pairs is not None and not step:
        sold = tuple(sku for sku, _price in pairs.sold)
    return AcceptRequest(
        store_id=store.id,
        visitor_id=body.visitor_id,
        idempotency_key=body.idempotency_key,
        variant_id=token.variant_id,
        offer_id=offered.offer_id,
        quantity=body.quantity,
        shown_price_minor=shown_price_minor(offered, body.quantity),
        about=tokens.about_step(token, step),
        step=step,
        sold=sold,
    )


def offered_at(token: ExposureToken, step: str | None) -> SignedOffer:
    """Return what the token offers, first or at this step of a sequence. Raises ``ApiError`` where it has no such."""
    if step is None:
        return SignedOffer(token.offer_id or 0, token.price_minor or 0, token.tier_prices)
    offered = tokens.next_offers_of(token).get(step)
    if offered is None:
        raise ApiError(400, "bad_field", f"Nothing was offered at the step {step!r}.", field="step")
    return offered


def token_of(store: StoreConfiguration, body: AcceptBody, now: datetime) -> ExposureToken:
    """Return the token of an offer that was shown to this visitor. Raises ``ApiError``."""
    try:
        token = tokens.read_exposure(body.exposure_token)
    except BadToken as error:
        raise ApiError(401, "bad_token", str(error)) from error
    is_theirs = token.store_id == store.id and token.visitor_id == body.visitor_id
    if not is_theirs or token.offer_id is None or token.expires_at < now.timestamp():
        raise ApiError(401, "bad_token", "The exposure token is not for an offer to this visitor, or has expired.")
    return token


def shown_price_minor(offered: SignedOffer, quantity: int) -> int:
    """Return what the shopper was told that so many cost. Raises ``ApiError`` where that quantity was not offered."""
    price_minor = offered.tier_prices.get(quantity)
    if quantity == 1:
        price_minor = offered.price_minor
    if price_minor is None:
        raise ApiError(400, "bad_field", f"A quantity of {quantity} was not offered.", field="quantity")
    return price_minor


def refusal(refused: OfferRefused, locale: str) -> ApiError:
    """Say why the offer can't be had, with the price where it is another one now."""
    if refused.price_minor is None:
        return ApiError(409, refused.code, refused.message)
    price = languages.money(refused.price_minor, refused.currency, languages.known_locale(locale))
    return ApiError(409, refused.code, refused.message, price=price)


@endpoint(max_bytes=60_000, is_public=False, source="redeem")
def redeem(call: Call) -> dict[str, Any]:
    """Verify an acceptance for the store's server, and use it up."""
    store = call.store_for_server()
    body = call.decode(payloads.redeem)
    try:
        claims = tokens.read_acceptance(store, body.acceptance_token, call.now, is_expired_ok=True)
    except BadToken as error:
        raise ApiError(401, "bad_token", str(error)) from error
    try:
        acceptances.redeem(
            store_id=store.id,
            jti=UUID(claims["jti"]),
            reference=body.reference or "",
            is_expired=claims["exp"] <= call.now.timestamp(),
            now=call.now,
        )
    except RedeemRefused as refused:
        raise redeem_refusal(refused) from refused
    return claims


def redeem_refusal(refused: RedeemRefused) -> ApiError:
    """Say why the acceptance can't be redeemed, with the time where it was redeemed before."""
    if refused.redeemed_at is None:
        return ApiError(401, refused.code, refused.message)
    return ApiError(409, refused.code, refused.message, redeemed_at=refused.redeemed_at)
