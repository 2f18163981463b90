"""A test's variants as pictures: frames in which the snippet draws what shoppers see."""

from collections.abc import Callable
from dataclasses import dataclass

from checkout_widgets.models import Widget
from experiments.models import Experiment, Variant


@dataclass(frozen=True, slots=True)
class VariantPicture:
    """A variant, and the address of the frame that shows it; empty where it shows nothing."""

    variant: Variant
    layout: str = ""
    layout_name: str = ""
    offer_name: str = ""
    frame: str = ""


def variant_pictures(experiment: Experiment, frame_of: Callable[[str], str]) -> list[VariantPicture]:
    """Return the variants, the control first; ``frame_of`` gives the address of a variant's frame by its key."""
    variants = experiment.variants.select_related("widget__offer").order_by("-is_control", "pk")
    return [picture_of(variant, getattr(variant, "widget", None), frame_of) for variant in variants]


def picture_of(variant: Variant, widget: Widget | None, frame_of: Callable[[str], str]) -> VariantPicture:
    """Return the picture of a variant; none of what the page shows itself."""
    if widget is None or variant.is_page_own:
        return VariantPicture(variant)
    return VariantPicture(
        variant, widget.layout, str(widget.get_layout_display()), widget.offer.name, frame_of(variant.key)
    )


def is_shown(pictures: list[VariantPicture]) -> bool:
    """Whether any variant shows something: an imported test's are not known."""
    return any(picture.frame or picture.variant.is_page_own for picture in pictures)
