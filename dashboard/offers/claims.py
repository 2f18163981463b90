"""What may be claimed of an offer now, what each claim takes, and what stands in its place until then."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checkout_widgets.claim_uses import ClaimUse, all_uses
from checkout_widgets.claims import (
    CLAIMED_BY,
    FEWEST_ORDERS,
    FEWEST_OWNERS,
    WIDEST_HALF,
    OfferClaim,
    half_width,
    share_percent,
)
from checkout_widgets.edge.content import product
from checkout_widgets.edge.honest_copy import SERVICES, true_of
from checkout_widgets.edge.languages import ENGLISH
from checkout_widgets.edge.savings import compare_at_minor
from checkout_widgets.edge.widget_configuration import OfferConfiguration
from checkout_widgets.models import Offer
from experiments import formatting

NAMES: dict[OfferClaim, Promise] = {
    OfferClaim.SAVING: gettext_lazy("Saving"),
    OfferClaim.COUNT: gettext_lazy("Recent orders"),
    OfferClaim.SHARE: gettext_lazy("Share of owners"),
    OfferClaim.QUOTE: gettext_lazy("Quote"),
}
OF_PAIRS = gettext_lazy("What the offer sells depends on each cart, so nothing is counted for it.")


class ClaimRow(NamedTuple):
    """A claim: the ``placeholders`` that make it, whether it ``is_true``, ``why``, and where it stands."""

    name: str
    placeholders: list[str]
    is_true: bool
    why: str
    uses: list[ClaimUse]


@dataclass(frozen=True)
class OfferClaims:
    """What may be claimed of an offer; ``shown`` is the same offer as shoppers' pages are told of it."""

    offer: Offer
    shown: OfferConfiguration

    @cached_property
    def uses(self) -> list[ClaimUse]:
        """The widgets and messages that claim something of the offer."""
        return [use for use in all_uses() if use.offer_id == self.offer.pk]

    @property
    def rows(self) -> Iterator[ClaimRow]:
        """Yield the claims that can be made."""
        true = true_of(self.shown)
        reasons = {
            OfferClaim.SAVING: self.about_saving,
            OfferClaim.COUNT: self.about_orders,
            OfferClaim.SHARE: self.about_share,
            OfferClaim.QUOTE: self.about_quote,
        }
        for claim, about in reasons.items():
            placeholders = [text for text, claimed in CLAIMED_BY.items() if claimed == claim]
            uses = [use for use in self.uses if claim in use.claims]
            yield ClaimRow(str(NAMES[claim]), placeholders, claim in true, about(), uses)

    def about_saving(self) -> str:
        """Say what the offer saves, or what it would take."""
        saving_minor = compare_at_minor(self.shown) - self.shown.price_minor
        if saving_minor > 0:
            saved = formatting.exact_money(saving_minor, self.shown.currency)
            return _("The offer saves %(amount)s.") % {"amount": saved}
        return _("The offer isn't cheaper than the earlier price that may be shown.")

    def about_orders(self) -> str:
        """Say how many orders there were, or that nobody counts them (yet)."""
        if self.offer.pairing:
            return str(OF_PAIRS)
        if not any(OfferClaim.COUNT in use.claims for use in self.uses):
            needed = {"needed": FEWEST_ORDERS}
            text = _("Counted every hour once a text uses it. At least %(needed)s orders in 30 days are needed.")
            return text % needed
        orders = self.shown.recent_orders
        values = {"orders": formatting.count(orders), "needed": FEWEST_ORDERS}
        sentence = ngettext(
            "%(orders)s order in the last 30 days. At least %(needed)s are needed.",
            "%(orders)s orders in the last 30 days. At least %(needed)s are needed.",
            orders,
        )
        return sentence % values

    def about_share(self) -> str:
        """Say how many owners also bought, or why that can't be said."""
        if self.shown.kind in SERVICES:
            return _("Services have no owners, so there is no share to show.")
        if self.offer.pairing:
            return str(OF_PAIRS)
        if self.offer.share_of is None:
            return _("Choose the product whose owners are counted.")
        owners, owners_with = self.shown.owners, self.shown.owners_with
        values = {
            "owners": formatting.count(owners),
            "owners_with": formatting.count(owners_with),
            "product": self.offer.share_of.title,
            "needed": FEWEST_OWNERS,
            "most": round(100 * WIDEST_HALF),
        }
        percent = share_percent(owners_with, owners)
        if percent is not None:
            values["share"] = formatting.whole_percent(percent / 100)
            sentence = _("%(owners_with)s of %(owners)s customers who own “%(product)s” also bought it: %(share)s.")
        elif owners < FEWEST_OWNERS:
            sentence = _("%(owners)s customers own “%(product)s”. At least %(needed)s are needed.")
        elif not owners_with:
            sentence = _("None of %(owners)s customers who own “%(product)s” bought it.")
        elif half_width(owners_with, owners) > WIDEST_HALF:
            values["half"] = formatting.decimal(100 * half_width(owners_with, owners), 1)
            sentence = _(
                "%(owners_with)s of %(owners)s customers who own “%(product)s” also bought it. The share is "
                "uncertain by ±%(half)s points, and at most ±%(most)s is allowed."
            )
        else:
            sentence = _("%(owners_with)s of %(owners)s customers who own “%(product)s” also bought it: less than 1%%.")
        return sentence % values

    def about_quote(self) -> str:
        """Say whose quote it is, or that there is none."""
        quote = self.shown.quote
        if quote is None:
            return _("No quote is entered.")
        values = {"name": quote.name, "source": quote.source, "day": formatting.dated(quote.said_on, "j F Y")}
        return _("%(name)s, %(source)s, %(day)s.") % values

    @property
    def headline_instead(self) -> str:
        """Return what stands in the place of a headline with an untrue claim."""
        return product(self.shown, 1, ENGLISH)

    @property
    def has_gaps(self) -> bool:
        """Whether a text that customers read now is left out."""
        true = true_of(self.shown)
        return any(use.is_live and not use.claims <= true for use in self.uses)
