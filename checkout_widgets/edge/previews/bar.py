"""The bar below a preview: what is shown, how to switch it, and why shoppers may see nothing here."""

from collections.abc import Iterable
from datetime import datetime

from babel import Locale, UnknownLocaleError
from django.utils import translation
from django.utils.translation import gettext as _
from msgspec import Raw, Struct

from checkout_widgets.edge.parts import encoded
from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.previews import findings
from checkout_widgets.edge.previews.requests import PreviewRequest, sign
from checkout_widgets.edge.previews.shown import PreviewedVariant

OFF = "off"  # in place of a token: the snippet leaves the preview


class BarChoice(Struct):
    """Something to switch to: ``token`` is that of the preview then."""

    label: str
    token: str
    is_chosen: bool


class BarGroup(Struct):
    """Choices of one kind."""

    label: str
    choices: list[BarChoice]


class PreviewBar(Struct, kw_only=True):
    """The bar. ``page_findings`` are sentences for what only the page can know, by what is wrong there."""

    language: str
    parts: Raw
    moment: str
    title: str
    note: str
    groups: list[BarGroup]
    findings_label: str
    findings: list[str]
    page_findings: dict[str, str]
    leave_label: str
    leave_token: str = OFF


def bar_of(previewed: PreviewedVariant, asked: PreviewRequest, body: DecideBody, now: datetime) -> PreviewBar:
    """Return the bar of a preview. Queries the database for what else runs at the moment."""
    with translation.override(asked.reader or "en"):
        found = findings.findings_of(previewed, body, now)
        return PreviewBar(
            language=translation.get_language(),
            parts=encoded(frozenset({"preview"})),
            moment=previewed.experiment.moment,
            title=_("Preview of “%(test)s”") % {"test": previewed.experiment.name},
            note=_("Nothing is recorded, and the order stays as it is."),
            groups=[variants(previewed, asked), languages(previewed, asked), devices(asked)],
            findings_label=_("What shoppers get here"),
            findings=found or [_("A shopper with this cart who takes part in the test would get it here.")],
            page_findings=findings.page_findings(previewed.experiment),
            leave_label=_("Leave the preview"),
        )


def ended(locale: str) -> PreviewBar:
    """Return the bar of a link that shows nothing any more."""
    with translation.override(locale.partition("-")[0] or "en"):
        return PreviewBar(
            language=translation.get_language(),
            parts=encoded(frozenset({"preview"})),
            moment="",
            title=_("This preview has ended"),
            note=_("A preview link works for a day. Open the preview from the console again."),
            groups=[],
            findings_label="",
            findings=[],
            page_findings={},
            leave_label=_("Leave the preview"),
        )


def variants(previewed: PreviewedVariant, asked: PreviewRequest) -> BarGroup:
    """Return the test's variants, the control first."""
    choices = []
    for variant in previewed.experiment.variants.order_by("-is_control", "pk"):
        choices.append(choice(str(variant), asked, asked._replace(variant_id=variant.pk)))
    return BarGroup(_("Variant"), choices)


def languages(previewed: PreviewedVariant, asked: PreviewRequest) -> BarGroup:
    """Return the languages that the variant's copy is written in, after the page's own."""
    written: Iterable[str] = ()
    if previewed.widget is not None:
        written = sorted(locale for locale in previewed.widget.copy if locale)
    choices = [choice(_("As on the page"), asked, asked._replace(locale=""))]
    for locale in ("en", *written):
        choices.append(choice(name_of(locale), asked, asked._replace(locale=locale)))
    return BarGroup(_("Language"), choices)


def devices(asked: PreviewRequest) -> BarGroup:
    """Return the devices that widgets tell apart, after the one that the page is open on."""
    choices = [choice(_("This one"), asked, asked._replace(device=""))]
    for device, label in (("phone", _("Phone")), ("desktop", _("Desktop"))):
        choices.append(choice(label, asked, asked._replace(device=device)))
    return BarGroup(_("Device"), choices)


def choice(label: str, asked: PreviewRequest, other: PreviewRequest) -> BarChoice:
    """Return the choice of another preview."""
    return BarChoice(label, sign(other), is_chosen=other == asked)


def name_of(locale: str) -> str:
    """Return a language's own name: ``Deutsch``; the tag where it is not known."""
    try:
        name = Locale.parse(locale, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        return locale
    return name or locale
