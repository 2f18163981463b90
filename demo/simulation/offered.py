"""What an experiment's variants offer to simulated visitors, first and second."""

from typing import Any, NamedTuple
from uuid import UUID

from checkout_widgets.acceptances import offer_lines
from checkout_widgets.models import NextWidget, Offer, ShopperAnswer, Widget
from experiments.accounting.order_data import LineData
from experiments.models import Experiment


class OfferedGoods(NamedTuple):
    """An offer, and the lines that its acceptances have."""

    offer: Offer
    lines: list[dict[str, Any]]

    def bought(self, experiment_key: str, acceptance_id: UUID) -> LineData:
        """Return the line of an order by which it is bought: a set as one line, named by its first product."""
        sku = self.lines[0]["sku"]
        return LineData(
            sku, 1, self.offer.price_minor, experiment_key=experiment_key, acceptance_id=acceptance_id
        )  # fmt: skip


def offers_of(experiment: Experiment) -> dict[str, OfferedGoods]:
    """Return what each variant with a widget offers, by its key."""
    found = {}
    for widget in Widget.objects.filter(variant__experiment=experiment).select_related("offer", "variant"):
        found[widget.variant.key] = goods_of(widget.offer)
    return found


def second_offers_of(experiment: Experiment) -> dict[str, OfferedGoods]:
    """Return what each variant with a sequence offers after a yes, by its key."""
    found = {}
    seconds = NextWidget.objects.filter(
        variant__experiment=experiment, after=ShopperAnswer.ACCEPTED, is_shown=True
    ).select_related("offer", "variant")
    for second in seconds:
        found[second.variant.key] = goods_of(second.offer)
    return found


def goods_of(offer: Offer) -> OfferedGoods:
    """Return an offer with what it sells."""
    return OfferedGoods(offer, offer_lines(offer, 1, offer.price_minor))
