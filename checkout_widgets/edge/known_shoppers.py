"""What a store knows of its shoppers, from its packed rows into the form in which the edge holds it."""

from checkout_widgets.edge.rows import PackedAnswers, PackedProducts
from checkout_widgets.held_products import ProductsOfShoppers
from checkout_widgets.models import SendPointDay
from checkout_widgets.send_points_today import SendPointsToday
from checkout_widgets.shopper_answers import AnswersOfShoppers
from checkout_widgets.shopper_stages import StagesOfShoppers


def send_points_of(day: SendPointDay | None) -> SendPointsToday | None:
    """Return a day's send points as the edge holds them; None without any."""
    if day is None:
        return None
    return SendPointsToday.unpacked(day.ends_at, bytes(day.shoppers))


def stages_of(packed: bytes | None) -> StagesOfShoppers | None:
    """Return the stages of shoppers as the edge holds them; None of a store without any."""
    if packed is None:
        return None
    return StagesOfShoppers.unpacked(packed)


def answers_of(packed: PackedAnswers | None) -> AnswersOfShoppers | None:
    """Return what shoppers answered as the edge holds it; None where no test asks."""
    if packed is None:
        return None
    return AnswersOfShoppers.unpacked(packed.tags, packed.shoppers)


def held_of(packed: PackedProducts | None) -> ProductsOfShoppers | None:
    """Return what shoppers have as the edge holds it; None where nobody said."""
    if packed is None:
        return None
    return ProductsOfShoppers.unpacked(packed.skus, packed.shoppers)
