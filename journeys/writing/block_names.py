"""How the console calls the blocks of a message, and their texts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

QUOTE = "{quote}"  # all that a quote says: what is in its place is the offer's
BLOCK_NAMES: dict[str, str | Promise] = {
    "headline": _("Headline"),
    "text": _("Text"),
    "reason": _("Reason"),
    "product": _("Offer with picture and price"),
    "comparison": _("Comparison"),
    "picture": _("Picture"),
    "quote": _("Quote"),
    "collection": _("Link to a collection"),
    "question": _("Question"),
    "score": _("Score from 0 to 10"),
    "order_summary": _("Order summary"),
    "tracking": _("Tracking"),
}
TEXT_NAMES: dict[str, str | Promise] = {
    "text": _("Text"),
    "button": _("Button"),
    "alt": _("What the picture shows"),
    "url": _("Address"),
    "label": _("What is compared"),
    "bought": _("What the customer has"),
    "offered": _("The offer"),
    "subject": _("Subject"),
    "preheader": _("Preview text"),
    "tag": _("Tag"),
    "blocks": _("Message"),
    "choices": _("Answers"),
    "rows": _("Lines"),
}
