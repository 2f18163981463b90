"""A test's variants as pictures: frames in which the snippet draws what shoppers see."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from checkout_widgets.models import NextWidget, ShopperAnswer, Widget
from experiments.models import Experiment, Moment, Variant
from experiments.models.experiment_choices import MOMENTS_OF_SEQUENCES
from journeys.models import JourneyStep


@dataclass(frozen=True, slots=True)
class SecondPicture:
    """The second offer of a sequence, and the address of the frame that shows it."""

    after: str
    layout: str
    layout_name: str
    offer_name: str
    frame: str

    @property
    def is_after_no(self) -> bool:
        """Whether it comes after a no."""
        return self.after == ShopperAnswer.DECLINED


@dataclass(frozen=True, slots=True)
class VariantPicture:
    """A variant, and the address of the frame that shows it; empty where it shows nothing."""

    variant: Variant
    layout: str = ""
    layout_name: str = ""
    offer_name: str = ""
    frame: str = ""
    seconds: tuple["SecondPicture", ...] = ()
    subject: str = ""  # of the message that it sends after the order
    opening: str = ""  # the message's first words


def variant_pictures(experiment: Experiment, frame_of: Callable[[str], str]) -> list[VariantPicture]:
    """Return the variants, the control first; ``frame_of`` gives the address of a variant's frame by its key."""
    if experiment.moment == Moment.FOLLOW_UP:
        return message_pictures(experiment, variants_of(experiment))
    return [picture_of(variant, getattr(variant, "widget", None), frame_of) for variant in variants_of(experiment)]


def variants_of(experiment: Experiment) -> QuerySet[Variant]:
    """Query the variants with what they show, the control first; ``seconds`` are the second offers of each."""
    variants = experiment.variants.select_related("widget__offer").order_by("-is_control", "pk")
    if experiment.moment not in MOMENTS_OF_SEQUENCES:
        return variants
    shown = NextWidget.objects.filter(is_shown=True).select_related("offer").order_by("after")
    return variants.prefetch_related(Prefetch("next_widgets", shown, to_attr="seconds"))


def message_pictures(experiment: Experiment, variants: Iterable[Variant]) -> list[VariantPicture]:
    """Return what the variants of a journey's step send: subject and first words; none where its step is gone."""
    step = JourneyStep.objects.filter(experiment=experiment).order_by("-version__number").first()
    pictures = []
    for variant in variants:
        picture = VariantPicture(variant)
        if step is not None and not step.is_silent(variant):
            document = step.document_of(variant.key)
            picture = VariantPicture(variant, subject=document.get("subject", ""), opening=first_words(document))
        pictures.append(picture)
    return pictures


def first_words(document: Mapping[str, Any]) -> str:
    """Return the first text of a message; empty where it has none."""
    for block in document.get("blocks", ()):
        if block.get("text"):
            return str(block["text"])
    return ""


def picture_of(variant: Variant, widget: Widget | None, frame_of: Callable[[str], str]) -> VariantPicture:
    """Return the picture of a variant; none of what the page shows itself."""
    if widget is None or variant.is_page_own:
        return VariantPicture(variant)
    frame = frame_of(variant.key)
    seconds = []
    for second in getattr(variant, "seconds", ()):
        layout_name = str(second.get_layout_display())
        address = f"{frame}?after={second.after}"
        seconds.append(SecondPicture(second.after, second.layout, layout_name, second.offer.name, address))
    return VariantPicture(
        variant, widget.layout, str(widget.get_layout_display()), widget.offer.name, frame, tuple(seconds)
    )


def is_shown(pictures: list[VariantPicture]) -> bool:
    """Whether any variant shows something: an imported test's are not known."""
    return any(picture.frame or picture.subject or picture.variant.is_page_own for picture in pictures)
