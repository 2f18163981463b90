"""What a treatment's part of the page shows: the store's offers with what came of them, and what shoppers would see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.urls import reverse

from checkout_widgets.admin.translated_copy import LANGUAGES
from checkout_widgets.models import Acceptance, Product, Widget
from dashboard.builder.treatment_sections import BESIDE, SecondSection, TreatmentSection
from dashboard.stored_results import newest_reports
from dashboard.treatment.forms import NothingForm, PageArmForm, TreatmentForm
from dashboard.treatment.offer_form import NewOfferForm
from dashboard.treatment.page import OfferCard, offer_cards
from dashboard.treatment.products import found_products
from experiments.models import Experiment, Status, Store, Variant
from experiments.report import MetricResult, Report

OVER = (Status.CONCLUDED, Status.STOPPED)


@dataclass(frozen=True, slots=True)
class PastResult:
    """What is known of an offer: how often it was taken, and what its newest test that is over found."""

    taken: int = 0
    test: Experiment | None = None
    goal: MetricResult | None = None


@dataclass(frozen=True)
class SecondPart:
    """A second offer on the page: ``block`` has its fields; None until they are asked for."""

    section: SecondSection
    block: "TreatmentBlock | None" = None


@dataclass(frozen=True)
class TreatmentBlock:
    """A treatment on the page, or its second offer: ``offers`` with their past results, ``new_offer`` and its products.

    ``seconds`` are the second offers of a treatment.
    """

    section: TreatmentSection
    offers: list[tuple[OfferCard, PastResult]]
    new_offer: NewOfferForm
    products: QuerySet[Product]
    seconds: list[SecondPart] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What its elements are called by."""
        return self.section.key

    @property
    def is_off(self) -> bool:
        """Whether no second offer is shown."""
        return isinstance(self.section.form, NothingForm)

    @property
    def stage_url(self) -> str:
        """The address of the stage that shows it."""
        return self.url_of("treatment_stage")

    @property
    def offer_url(self) -> str:
        """The address that creates an offer for it."""
        return self.url_of("treatment_offer")

    @property
    def products_url(self) -> str:
        """The address that searches the catalog."""
        return self.url_of("treatment_products")

    def url_of(self, name: str) -> str:
        """Return an address that is about it."""
        experiment = self.section.experiment
        arguments = [experiment.store.slug, experiment.key, self.variant.key]
        if isinstance(self.section, SecondSection):
            arguments.append(self.section.after)
        return reverse(f"dashboard:{name}", args=arguments)

    @property
    def variant(self) -> Variant:
        """The treatment."""
        return self.section.variant

    @cached_property
    def form(self) -> TreatmentForm:
        """The form of an offer's widget, also while the page shows the treatment itself."""
        form = self.section.form
        if isinstance(form, TreatmentForm):
            return form
        return self.section.offer_form(None)

    @cached_property
    def page_form(self) -> PageArmForm:
        """The form of what the page shows itself, also while an offer is shown."""
        form = self.section.form
        if isinstance(form, PageArmForm):
            return form
        return self.section.page_form(None)

    @property
    def is_page_own(self) -> bool:
        """Whether the page shows it itself."""
        return isinstance(self.section.form, PageArmForm)

    @property
    def widget(self) -> Widget:
        """What is stored of it."""
        widget: Widget = self.form.instance
        return widget

    @property
    def languages(self) -> list[tuple[str, Any]]:
        """The languages to preview in."""
        return list(LANGUAGES.items())


def treatment_block(
    section: TreatmentSection, results: Mapping[int, PastResult], now: datetime, new_offer: NewOfferForm | None = None
) -> TreatmentBlock:
    """Return a treatment's part; ``new_offer`` where one couldn't be created."""
    store = section.experiment.store
    offers = []
    form = section.form
    if not isinstance(form, TreatmentForm):
        form = section.offer_form(None)
    for card in offer_cards(form["offer"], now):
        offers.append((card, results.get(card.id, PastResult())))
    return TreatmentBlock(section, offers, new_offer or new_offer_form(section), found_products(store, ""))


def new_offer_form(section: TreatmentSection, data: QueryDict | None = None) -> NewOfferForm:
    """Return the form of an offer beside a treatment's fields, with what was typed before."""
    return NewOfferForm(
        data,
        store=section.experiment.store,
        prefix=BESIDE.removesuffix("-"),
        can_sell_pairs=section.can_sell_pairs,
        initial=section.new_offer,
        auto_id=f"id_{section.key}_%s",
    )


def past_results(store: Store) -> dict[int, PastResult]:
    """Return what is known of the store's offers, by id; the same few queries however many they are."""
    taken = Acceptance.objects.filter(store=store).values_list("offer").annotate(Count("pk")).order_by()
    results = {}
    for offer_id, number in taken:
        results[offer_id] = PastResult(number)
    widgets = Widget.objects.filter(variant__experiment__store=store, variant__experiment__status__in=OVER)
    newest_first = widgets.select_related("variant__experiment").order_by("-variant__experiment__ended_at", "-pk")
    reports = newest_reports({widget.variant.experiment for widget in newest_first})
    for widget in newest_first:
        known = results.get(widget.offer_id, PastResult())
        goal = goal_of(reports.get(widget.variant.experiment_id), widget.variant)
        if known.goal is None and goal is not None:
            results[widget.offer_id] = PastResult(known.taken, widget.variant.experiment, goal)
    return results


def goal_of(report: Report | None, variant: Variant) -> MetricResult | None:
    """Return the result of a treatment in the goal metric, where it is known."""
    if report is None:
        return None
    for result in report.metrics:
        if result.metric == report.goal_metric and result.variant == variant.key and result.shown.lift:
            return result
    return None
