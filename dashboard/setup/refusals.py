"""What was refused, in words: what each code means and what to do about it."""

SOURCES = {
    "decide": "Asking what to show",
    "events": "Events of widgets",
    "accept": "Accepting an offer",
    "redeem": "Redeeming an acceptance",
    "orders": "Orders",
    "webhooks": "Webhooks",
    "convert": "Orders told by the snippet",
}
CODES = {
    "bad_origin": "A page called from an address that the store doesn't allow. Add it, if it is yours.",
    "bad_signature": "The shop's secret and the connection's differ. Enter the shop's secret in the connection.",
    "bad_token": "A token was not signed here, or was changed. Many mean that a page keeps old ones.",
    "expired_token": "An event came long after its decision. Harmless where it is rare.",
    "wrong_visitor": "The token is another visitor's. Do all your pages, and the order, keep the same visitor's id?",
    "wrong_store": "The token is another store's: a page carries the wrong site key.",
    "wrong_product": "An order's line has an accepted offer's token and another product.",
    "wrong_price": "An order's line has another price than was signed. Does the cart take the offer's price?",
    "wrong_quantity": "An order has more units than were accepted, or fewer than the tier's price requires.",
    "already_used": "Two orders carry the same acceptance token. Only the first counts for the test.",
    "unknown_topic": "The shop sends more than is needed. Harmless.",
    "unknown_key": "A site key or secret key that isn't the store's.",
    "unknown_type": "An event of a type that there isn't: is a page changing what the snippet sends?",
    "bad_time": "An event's time is impossible, even by the sender's own clock.",
    "bad_id": "An event without a proper id: only scripts other than the snippet send these.",
    "bad_json": "The body was not JSON.",
    "bad_field": "A field is missing or has the wrong type. The answer to the call names it.",
    "too_large": "The body was larger than allowed.",
    "slow_down": "One address called too often. If a proxy stands in front of the edge, set EDGE_PROXIES.",
    "already_redeemed": "An acceptance was redeemed more than once.",
    "price_changed": "The price changed after the offer was shown. The shopper was told, and the cart wasn't changed.",
    "out_of_stock": "The offer's product was sold out when it was accepted.",
    "offer_ended": "The offer had ended when it was accepted.",
}


def explain(source: str, code: str) -> str:
    """A refusal in words; a code that is new here is named as it is."""
    return f"{SOURCES.get(source, source.capitalize())}: {CODES.get(code, code.replace('_', ' ') + '.')}"
