"""Points of the checklist on what treatments show: a widget each, an offer that can be had, layouts, languages."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout_widgets.launching.candidate import Check, LaunchCandidate, section_of
from checkout_widgets.models import NextWidget, Offer, OfferDesign, Widget
from checkout_widgets.models.widget import Layout
from experiments.models import Store, Variant
from experiments.wording import languages_in_words, listed


def widgets(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that every treatment shows something."""
    bare = []
    for variant in candidate.treatments:
        if variant.pk not in candidate.widgets and not variant.is_page_own:
            bare.append(str(variant))
    if bare:
        text = ngettext("%(variants)s has no widget yet", "%(variants)s have no widgets yet", len(bare))
        yield Check("widget", "fail", text % {"variants": listed(bare)}, _("Add a widget."))
    elif candidate.widgets:
        yield Check("widget", "pass", _("Every treatment has a widget"))


def pages_own(candidate: LaunchCandidate) -> Iterator[Check]:
    """Say what the page has to do where it shows a treatment itself."""
    for variant in candidate.treatments:
        if variant.is_page_own:
            words = {"variant": variant, "mark": f'data-upsell-show="{variant.key}"'}
            yield Check("page", "pass", _("The page shows “%(variant)s” itself, marked %(mark)s") % words)


def offers(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that every offer can be had: open, in stock, in the store's currency."""
    unavailable = False
    # Treatments may sell the same offer: its faults are told once.
    by_pk: dict[int, Widget | NextWidget] = {}
    for widget in candidate.shown:
        by_pk.setdefault(widget.offer_id, widget)
    for widget in by_pk.values():
        for text in faults_of(widget.offer, candidate):
            unavailable = True
            fix = _("Edit the offer, or choose another.")
            yield Check("offer", "fail", text, fix, section=section_of(widget))
    if by_pk and not unavailable:
        yield Check("offer", "pass", _("Every offer is available, in the store's currency"))


def faults_of(offer: Offer, candidate: LaunchCandidate) -> Iterator[str]:
    """Say why an offer can't be had."""
    store = candidate.experiment.store
    names = {"offer": str(offer), "currency": offer.currency, "store_currency": store.currency}
    if offer.store_id != store.pk:
        yield _("The offer %(offer)s belongs to another store") % names
    if offer.currency != store.currency:
        yield _("The offer %(offer)s is priced in %(currency)s, but the store sells in %(store_currency)s") % names
    if not offer.is_open(candidate.now):
        yield _("The offer %(offer)s is switched off or outside its dates") % names
    if not offer.is_in_stock():
        yield _("The offer %(offer)s has no product, or one that is out of stock") % names


def layouts(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that every layout has what it draws."""
    for widget in candidate.shown:
        for layout in {widget.layout, widget.phone_layout} - {""}:
            text = missing_for(layout, widget, candidate.experiment.store)
            if text:
                fix = _("Fill it in, or choose another layout.")
                yield Check("layout", "fail", text, fix, section=section_of(widget))


def missing_for(layout: str, widget: Widget | NextWidget, store: Store) -> str:
    """Say what a layout lacks to be drawn; empty where nothing."""
    name = {"widget": str(widget)}
    if layout == Layout.COMPARISON and not widget.comparison.get("rows"):
        return _("The widget %(widget)s has no rows to compare") % name
    if layout == Layout.QUANTITY_BREAK and not widget.offer.tiers.all():
        return _("The widget %(widget)s needs an offer with tiers") % name
    if layout == Layout.FREE_SHIPPING and not store.free_shipping_minor:
        return _("The widget %(widget)s needs the store's free-shipping limit") % name
    return ""


def copy(candidate: LaunchCandidate) -> Iterator[Check]:
    """Check that all treatments speak the same languages: else a test of the offer is one of the translation."""
    spoken: dict[Variant, set[str]] = {}
    for variant in candidate.treatments:
        if variant.pk in candidate.widgets:
            spoken[variant] = languages_of(candidate.widgets[variant.pk])
    # Translations alone: every widget has copy in the store's own language.
    everything: set[str] = set().union(*spoken.values())
    is_complete = True
    for variant, languages in spoken.items():
        missing = sorted(everything - languages)
        if missing:
            is_complete = False
            text = _("%(variant)s has no copy in %(languages)s") % {
                "variant": variant,
                "languages": languages_in_words(missing),
            }
            fix = _("Translate it. Otherwise shoppers see one variant in their language and the other in yours.")
            yield Check("copy", "warn", text, fix, section=section_of(candidate.widgets[variant.pk]))
    if spoken and is_complete:
        text = _("All variants have copy in the same languages")
        if everything:
            text = _("All variants have copy in %(languages)s") % {"languages": languages_in_words(everything)}
        yield Check("copy", "pass", text)


def languages_of(widget: OfferDesign) -> set[str]:
    """Return the languages that a widget is translated into: ``pt-br`` for ``pt_BR``."""
    languages = set()
    for locale in widget.translations:
        languages.add(locale.lower().replace("_", "-"))
    return languages
