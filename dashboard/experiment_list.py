"""The list of tests: what the reader asked for, and the rows of one page of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.paginator import Page, Paginator
from django.db.models import Case, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboard.paging import PagedList, choice, slug_of, words
from experiments.models import Experiment, Moment, Snapshot, Status, Store
from experiments.reading.facts import count_visitors
from experiments.reading.replica import read_late

PAGE_SIZE = 25
STATUS_ORDER = {
    Status.RUNNING: 0,
    Status.PAUSED: 1,
    Status.SCHEDULED: 2,
    Status.DRAFT: 3,
    Status.STOPPED: 4,
    Status.CONCLUDED: 5,
    Status.ARCHIVED: 6,
}
# Drafts, which have no start, come before all others: they are the newest.
NEWEST = F("started_at").desc(nulls_first=True)
# What runs is what readers come for; what is archived comes last.
RANK = Case(*(When(status=status, then=Value(rank)) for status, rank in STATUS_ORDER.items()))
TAG_WORDS = Func(F("tags"), Value(" "), function="array_to_string", output_field=TextField())
# Each order ends with the id, so that equal rows keep their places from page to page.
ORDERS = {
    "": (RANK, NEWEST, "-id"),
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "moment": ("moment", "name", "id"),
    "-moment": ("-moment", "name", "id"),
    "started": (F("started_at").asc(nulls_last=True), "id"),
    "-started": (NEWEST, "-id"),
}


@dataclass(frozen=True)
class ListFilter:
    """What the list shows: each field is empty where it shows everything. What a URL says wrongly counts as empty."""

    status: str = ""
    moment: str = ""
    text: str = ""
    sort: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ListFilter":
        """Read a URL's query."""
        return cls(
            status=choice(query, "status", Status.values),
            moment=choice(query, "moment", Moment.values),
            text=words(query),
            sort=choice(query, "sort", ORDERS),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether some tests are left out."""
        return bool(self.status or self.moment or self.text)

    def limit(self, experiments: QuerySet[Experiment]) -> QuerySet[Experiment]:
        """The experiments that are wanted, in order."""
        if self.status:
            experiments = experiments.filter(status=self.status)
        if self.moment:
            experiments = experiments.filter(moment=self.moment)
        for word in self.text.split():
            has_word = Q(name__icontains=word) | Q(key__icontains=word) | Q(hypothesis__icontains=word)
            of_people = Q(owner__username__iexact=word) | Q(tag_words__icontains=word)
            experiments = experiments.alias(tag_words=TAG_WORDS).filter(has_word | of_people)
        return experiments.order_by(*ORDERS[self.sort])


@dataclass(frozen=True)
class ListedExperiment:
    """A row of the list. ``days`` counts begun days since the start; ``share`` is how much of the planned sample there
    is, None where nothing is planned; ``headline`` is the newest stored result's, of ``headline_at``."""

    experiment: Experiment
    visitors: int
    days: int | None
    share: float | None
    verdict: str
    headline: str
    headline_at: datetime | None


@dataclass(frozen=True)
class Column:
    """A column's title, and where a click on it leads; ``direction`` is how the list is sorted by it, if it is."""

    title: str
    url: str
    direction: str


@dataclass(frozen=True)
class ExperimentList(PagedList):
    """One page of the list, of a store or of all of the user's."""

    user: AbstractBaseUser | AnonymousUser
    store: Store | None
    wanted: ListFilter
    page_number: str | int = 1

    @cached_property
    def page(self) -> Page[Experiment]:
        """The page's experiments; the nearest page where the number is none."""
        visible = Experiment.objects.visible_to(self.user)
        if self.store:
            visible = visible.filter(store=self.store)
        return Paginator(with_result(self.wanted.limit(visible)), PAGE_SIZE).get_page(self.page_number)

    @cached_property
    def rows(self) -> list[ListedExperiment]:
        """The page's rows."""
        experiments = list(self.page)
        visitors = read_late(partial(count_visitors, experiments))
        return [as_row(experiment, visitors[experiment.pk]) for experiment in experiments]

    @property
    def query(self) -> dict[str, str]:
        """What the list shows."""
        return {
            "store": slug_of(self.store),
            "status": self.wanted.status,
            "moment": self.wanted.moment,
            "q": self.wanted.text,
            "sort": self.wanted.sort,
        }

    def column(self, title: str, name: str) -> Column:
        """A column by which the list can be sorted: by a click upwards, by another one downwards."""
        if self.wanted.sort == name:
            return Column(title, self.url(sort=f"-{name}"), "ascending")
        if self.wanted.sort == f"-{name}":
            return Column(title, self.url(sort=name), "descending")
        return Column(title, self.url(sort=name), "")

    @property
    def columns(self) -> dict[str, Column]:
        """The columns that can be sorted."""
        return {
            "test": self.column(_("Test"), "name"),
            "moment": self.column(_("Moment"), "moment"),
            "started": self.column(_("Started"), "started"),
        }


def with_result(experiments: QuerySet[Experiment]) -> QuerySet[Experiment]:
    """With stores, variants, and of the newest stored result ``verdict_code``, ``headline`` and ``headline_at``."""
    # Subqueries in the list's own query: a report is large, and three of its texts are all that a row shows.
    newest = Snapshot.objects.filter(experiment=OuterRef("pk"))
    return (
        experiments.select_related("store", "owner")
        .prefetch_related("variants")
        .annotate(
            verdict_code=Subquery(newest.values(text=KT("report__verdict__code"))[:1]),
            headline=Subquery(newest.values(text=headline_to_read())[:1]),
            fraction=Subquery(newest.values("information_fraction")[:1]),
            headline_at=Subquery(newest.values("taken_at")[:1]),
        )
    )


def headline_to_read() -> Coalesce:
    """Return the verdict's first sentence in the reader's language, else in English."""
    return Coalesce(KT(f"translations__{get_language()}__/verdict/headline"), KT("report__verdict__headline"))


def as_row(experiment: Experiment, visitors: int) -> ListedExperiment:
    """One experiment ``with_result`` as a row."""
    return ListedExperiment(
        experiment,
        visitors=visitors,
        days=experiment.day_at(timezone.now()),
        share=share_of_plan(experiment, visitors, experiment.fraction),  # type: ignore[attr-defined]
        verdict=experiment.verdict_code or "",  # type: ignore[attr-defined]
        headline=experiment.headline or "",  # type: ignore[attr-defined]
        headline_at=experiment.headline_at,  # type: ignore[attr-defined]
    )


def share_of_plan(experiment: Experiment, visitors: int, counted: float | None) -> float | None:
    """How much of the planned sample has come; None where no sample is planned.

    As the newest report has ``counted`` it: of the smallest variant, those who came too lately left out. Without a
    report all visitors of all variants together.
    """
    if counted is not None:
        return min(1.0, counted)
    planned = (experiment.planned_sample or 0) * len(experiment.variants.all())
    if not planned:
        return None
    return visitors / planned
