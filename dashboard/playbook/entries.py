"""Tests that are over, as the playbook tells them: what was thought, shown, found, decided and learned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from django.core.paginator import Page, Paginator
from django.db.models import F, Prefetch, Q, QuerySet

from checkout_widgets.models import OfferItem, Widget
from dashboard.drawings.axis import Axis, lift_axis
from dashboard.drawings.forest import Forest, Mark, mark_if_known
from dashboard.paging import PagedList, choice, slug_of, words
from dashboard.stored_results import newest_reports
from dashboard.templatetags.highlighting import BEGIN, END
from experiments.models import Decision, Experiment, Moment, Status, Store, Variant
from experiments.programme.known_tests import known_tests
from experiments.programme.moment_effects import moment_effects
from experiments.report import MetricResult, Range, Report

# An entry is half a screen long: more of them make a page that nobody scrolls to the end of.
PAGE_SIZE = 10
# Whose word stems are found: most teams write in English. In other languages a word is found as it was written.
LANGUAGE = "english"
# A word in the name says more of a test than one in what was thought about it, so it ranks before.
WORDS = SearchVector("name", "key", weight="A", config=LANGUAGE) + SearchVector(
    "hypothesis", "learning", "next_step", weight="B", config=LANGUAGE
)
TEXTS = ("name", "hypothesis", "learning", "next_step")
UNDECIDED = "undecided"
# All that an entry shows of its variants: without it, each entry asks for its own.
WITH_WIDGETS = (
    Prefetch("variants", Variant.objects.select_related("widget__offer")),
    Prefetch("variants__widget__offer__items", OfferItem.objects.select_related("product")),
)


@dataclass(frozen=True)
class PlaybookFilter:
    """What the reader looks for; empty fields limit nothing."""

    text: str = ""
    moment: str = ""
    decision: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "PlaybookFilter":
        """Read a URL's query; what it says wrongly counts as empty."""
        # "no decision yet" is stored as an empty text, which in a URL means that nothing is asked for
        decisions = {UNDECIDED, *filter(None, Decision.values)}
        return cls(
            text=words(query),
            moment=choice(query, "moment", Moment.values),
            decision=choice(query, "decision", decisions),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether some entries are left out."""
        return bool(self.text or self.moment or self.decision)

    def limit(self, experiments: QuerySet[Experiment]) -> QuerySet[Experiment]:
        """Those wanted: by rank where words are looked for, else the newest first."""
        if self.moment:
            experiments = experiments.filter(moment=self.moment)
        if self.decision == UNDECIDED:
            experiments = experiments.filter(decision="")
        elif self.decision:
            experiments = experiments.filter(decision=self.decision)
        # imported tests may have no time; they come last, not first as PostgreSQL would have it
        newest = (F("ended_at").desc(nulls_last=True), "-pk")
        if not self.text:
            return experiments.order_by(*newest)
        query = SearchQuery(self.text, config=LANGUAGE, search_type="websearch")
        return found_by(experiments, query, self.text).order_by(SearchRank(WORDS, query).desc(), *newest)


def found_by(experiments: QuerySet[Experiment], query: SearchQuery, text: str) -> QuerySet[Experiment]:
    """Those with these words, as web searches understand them, each text with the words marked beside it."""
    marked = {}
    for field in TEXTS:
        marked[f"marked_{field}"] = marked_words(field, query)
    annotated = experiments.annotate(words=WORDS, **marked)
    # PostgreSQL looks for whole words; a part of a name is what people type first.
    return annotated.filter(Q(words=query) | Q(name__icontains=text))


def marked_words(field: str, query: SearchQuery) -> SearchHeadline:
    """The text of a field with the words that were found between ``BEGIN`` and ``END``."""
    return SearchHeadline(field, query, config=LANGUAGE, start_sel=BEGIN, stop_sel=END, highlight_all=True)


@dataclass(frozen=True)
class ShownVariant:
    """A variant as it was shown; ``widget`` is None for the control."""

    variant: Variant
    widget: Widget | None


@dataclass(frozen=True)
class Result:
    """A treatment's result in the goal metric; ``mark`` draws its lift, None where there is none.

    ``lift``: corrected for luck, or as measured in reports of before; ``measured``: the latter where it isn't shown.
    """

    name: str
    metric: MetricResult
    mark: Mark | None

    @property
    def lift(self) -> Range | None:
        """The lift to show."""
        return self.metric.shown.lift

    @property
    def measured(self) -> Range | None:
        """The lift as measured, where another is shown."""
        if self.metric.corrected is None:
            return None
        return self.metric.main.lift


@dataclass(frozen=True)
class Entry:
    """A test that is over. ``report`` is the newest stored one, None where none was stored."""

    experiment: Experiment
    report: Report | None

    @property
    def arms(self) -> list[ShownVariant]:
        """What was shown, control first."""
        shown = []
        for variant in self.experiment.variants.all():
            # the other side of a one-to-one: where there is no widget, the attribute raises an AttributeError
            shown.append(ShownVariant(variant, getattr(variant, "widget", None)))
        return shown

    @property
    def goals(self) -> list[MetricResult]:
        """The goal metric of each treatment; none without a report."""
        if self.report is None:
            return []
        goal = self.report.goal_metric
        return [result for result in self.report.metrics if result.metric == goal]

    @property
    def has_corrected(self) -> bool:
        """Whether a lift is shown corrected for luck."""
        return any(result.corrected is not None for result in self.goals)

    @cached_property
    def axis(self) -> Axis:
        """The axis of this test's lifts."""
        lifts = []
        for result in self.goals:
            if result.shown.lift:
                lifts.append(result.shown.lift)
        return lift_axis(lifts)

    @property
    def results(self) -> list[Result]:
        """The treatments' results."""
        names = {}
        for variant in self.experiment.variants.all():
            names[variant.key] = str(variant)
        results = []
        for result in self.goals:
            # a variant that was deleted since has only its key left
            name = names.get(result.variant, result.variant)
            results.append(Result(name, result, mark_if_known(self.axis, result.shown.lift)))
        return results

    @cached_property
    def texts(self) -> dict[str, str]:
        """What was written down, by field, with what was looked for marked by ``BEGIN`` and ``END``."""
        texts = {}
        for field in TEXTS:
            texts[field] = self.text_of(field)
        return texts

    def text_of(self, field: str) -> str:
        """A field's text: marked after a search, else as it is."""
        text: str = getattr(self.experiment, f"marked_{field}", None) or getattr(self.experiment, field)
        return text


def tests_that_are_over(experiments: QuerySet[Experiment]) -> QuerySet[Experiment]:
    """Those of them that are over, with what an entry shows: ten entries take as many queries as one."""
    over = experiments.filter(status__in=(Status.CONCLUDED, Status.ARCHIVED))
    return over.select_related("store", "rolled_out_variant").prefetch_related(*WITH_WIDGETS)


def entries_of(experiments: Iterable[Experiment]) -> list[Entry]:
    """Return the tests, each with its newest stored report."""
    listed = list(experiments)
    reports = newest_reports(listed)
    entries = []
    for experiment in listed:
        entries.append(Entry(experiment, reports.get(experiment.pk)))
    return entries


@dataclass(frozen=True)
class Playbook(PagedList):
    """The entries of a store, or of all of the user's, one page of them; the effects of ``compared`` side by side."""

    user: AbstractBaseUser | AnonymousUser
    store: Store | None
    wanted: PlaybookFilter
    page_number: str | int = 1
    compared: Store | None = None

    @cached_property
    def page(self) -> Page[Experiment]:
        """The page's tests; the nearest page where the number is none."""
        over = tests_that_are_over(Experiment.objects.visible_to(self.user))
        if self.store:
            over = over.filter(store=self.store)
        return Paginator(self.wanted.limit(over), PAGE_SIZE).get_page(self.page_number)

    @cached_property
    def entries(self) -> list[Entry]:
        """The page's entries."""
        return entries_of(self.page)

    @property
    def forest(self) -> Forest | None:
        """The effects of all past tests at the moment looked for; None without a store or a moment, and where there
        are none."""
        if self.compared is None or not self.wanted.moment:
            return None
        # of one store: other stores' shoppers and prices differ, and so do their lifts
        effects = moment_effects(known_tests(self.compared), Moment(self.wanted.moment))
        if not effects.rows:
            return None
        return Forest.of(effects)

    @property
    def query(self) -> dict[str, str]:
        """What the playbook shows."""
        return {
            "store": slug_of(self.store),
            "q": self.wanted.text,
            "moment": self.wanted.moment,
            "decision": self.wanted.decision,
        }
