"""What was refused, in words: what each code means and what to do about it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SOURCES = {
    "decide": gettext_lazy("Requests for offers"),
    "events": gettext_lazy("Widget events"),
    "accept": gettext_lazy("Accepting an offer"),
    "redeem": gettext_lazy("Redeeming an acceptance"),
    "orders": gettext_lazy("Orders"),
    "webhooks": gettext_lazy("Webhooks"),
    "convert": gettext_lazy("Orders reported by the snippet"),
}
CODES = {
    "bad_origin": gettext_lazy("A page called from an origin that the store doesn't allow. If it is yours, allow it."),
    "bad_signature": gettext_lazy(
        "The signature doesn't match the connection's secret. Enter the shop's secret in the connection."
    ),
    "bad_token": gettext_lazy(
        "A token was changed, or Offerlift didn't sign it. If there are many, check for cached pages with old tokens."
    ),
    "expired_token": gettext_lazy("An event arrived long after the offer was chosen. A few are harmless."),
    "wrong_visitor": gettext_lazy(
        "The token belongs to another visitor. Check that all pages and the order use the same visitor ID."
    ),
    "wrong_store": gettext_lazy("The token belongs to another store. Check the site key on your pages."),
    "wrong_product": gettext_lazy("An order line has the token of an accepted offer but another product."),
    "wrong_price": gettext_lazy(
        "An order line has another price than the accepted offer. Check that the cart uses the offer's price."
    ),
    "wrong_quantity": gettext_lazy(
        "An order has more units than were accepted, or fewer than the tier's price requires."
    ),
    "already_used": gettext_lazy("Two orders carry the same acceptance token. Only the first counts."),
    "bad_customer": gettext_lazy(
        "An order arrived, but some of its customer data couldn't be read: the address, consent, or parcels."
    ),
    "unknown_topic": gettext_lazy("The shop sends a webhook that Offerlift doesn't need. Harmless."),
    "unknown_key": gettext_lazy("The site key or secret key doesn't belong to this store. Check the key."),
    "unknown_type": gettext_lazy("The event type doesn't exist. Check for scripts that change what the snippet sends."),
    "bad_time": gettext_lazy("An event's time is impossible, even if the browser's clock is wrong."),
    "bad_id": gettext_lazy("An event has no valid ID. The snippet always sends one, so another script sent this."),
    "bad_json": gettext_lazy("The request body isn't valid JSON."),
    "bad_field": gettext_lazy("A field is missing or has the wrong type. The response names the field."),
    "too_large": gettext_lazy("The request body is larger than allowed."),
    "slow_down": gettext_lazy(
        "One IP address sent too many requests. If the edge runs behind a proxy, set EDGE_PROXIES."
    ),
    "already_redeemed": gettext_lazy("An acceptance was redeemed more than once."),
    "price_changed": gettext_lazy(
        "The price changed after the offer was shown. The shopper saw a message, and nothing was added to the cart."
    ),
    "out_of_stock": gettext_lazy("The offer's product was out of stock when the shopper accepted it."),
    "offer_ended": gettext_lazy("The offer had ended when the shopper accepted it."),
}


def explain(source: str, code: str) -> str:
    """Return a refusal in words: where it happened and why."""
    values = {"source": SOURCES.get(source, source.capitalize()), "reason": reason(code)}
    return _("%(source)s: %(reason)s") % values


def reason(code: str) -> str:
    """Return the sentence for a code; one that has none yet is named as it is."""
    if code in CODES:
        return str(CODES[code])
    return code.replace("_", " ") + "."
