"""What is recorded: what visitors do, and what comes of it."""

from django.utils.translation import gettext_noop as _

from dashboard.glossary.term import Section, Term

RECORDED = Section(
    "recorded",
    _("What is recorded"),
    (
        Term(
            "assignment",
            _("assignment"),
            _(
                "Which variant a visitor gets. It is computed from the visitor's ID, so the same visitor always gets "
                "the same variant, and nothing has to be stored."
            ),
        ),
        Term(
            "exposure",
            _("exposure|exposures|exposed"),
            _(
                "A visitor reached the moment and the trigger fired. The first exposure per test counts, in every "
                "variant, whether or not an offer was shown. This keeps the variants comparable."
            ),
        ),
        Term("impression", _("impression|impressions"), _("An offer was visible on the shopper's screen.")),
        Term(
            "accept",
            _("accept|accepts|accepted"),
            _("The shopper added the offer to the order. The other answers are click and decline."),
            is_everyday=True,
        ),
        Term(
            "skipped",
            _("skipped"),
            _(
                "An offer that couldn't be shown, because the page had no place for it or the answer came too late. "
                "Counted per variant."
            ),
        ),
        Term(
            "acceptance",
            _("acceptance|acceptances"),
            _(
                "The record of an accepted offer, signed by the server: products, price, visitor, and expiry. A "
                "browser can't forge it."
            ),
        ),
        Term(
            "connection",
            _("connection|connections"),
            _("A link to the store's shop system, such as Shopify, and the secret that signs its webhooks."),
            is_everyday=True,
        ),
        Term(
            "delivery",
            _("delivery|deliveries"),
            _("A webhook from the shop system, stored as it arrived, and what became of it."),
            is_everyday=True,
        ),
        Term(
            "outcome",
            _("outcome|outcomes"),
            _("What a visitor bought within the attribution window after the exposure."),
        ),
        Term(
            "attribution-window",
            _("attribution window"),
            _("The days after an exposure during which the visitor's orders count."),
        ),
        Term(
            "immature",
            _("immature"),
            _("An exposure whose attribution window is still open, so more orders may follow."),
        ),
        Term(
            "mature",
            _("mature|maturity"),
            _(
                "A visitor is mature when nearly all orders that visitors place have come in, as the store's own "
                "orders show. Results are those of mature visitors."
            ),
        ),
        Term(
            "reserve",
            _("reserve|refund reserve"),
            _(
                "Refunds that are still to come, estimated from the store's past refunds and the variant's own. "
                "Results already subtract them."
            ),
        ),
        Term(
            "minor-units",
            _("minor units"),
            _("Amounts as whole numbers of the currency's smallest unit, such as cents."),
        ),
    ),
)
