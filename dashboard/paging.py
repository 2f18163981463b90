"""Lists by pages, narrowed by what a URL's query says."""

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping
from urllib.parse import urlencode

from django.core.paginator import Page

from experiments.models import Experiment, Store

MAX_TEXT = 200  # characters; longer than any name, short enough to search by


class PagedList(ABC):
    """One page of a list of tests, with the queries of its own address and of its neighbours'."""

    @property
    @abstractmethod
    def page(self) -> Page[Experiment]:
        """The page's tests."""

    @property
    @abstractmethod
    def query(self) -> dict[str, str]:
        """What the list shows, as a URL's query says it; the page's number aside."""

    def url(self, **changes: str | int) -> str:
        """The query of this list with some of it changed; what is empty is left out."""
        kept = {name: value for name, value in (self.query | changes).items() if value}
        return f"?{urlencode(kept)}"

    @property
    def address(self) -> str:
        """The query of this very page; without a number on the first, which is where the list begins anyway."""
        if self.page.number == 1:
            return self.url()
        return self.url(page=self.page.number)

    @property
    def earlier(self) -> str:
        """The query of the page before this one; empty on the first."""
        if not self.page.has_previous():
            return ""
        return self.url(page=self.page.previous_page_number())

    @property
    def later(self) -> str:
        """The query of the page after this one; empty on the last."""
        if not self.page.has_next():
            return ""
        return self.url(page=self.page.next_page_number())


def slug_of(store: Store | None) -> str:
    """The slug that names the store in a query; empty for all stores."""
    if store is None:
        return ""
    return store.slug


def choice(query: Mapping[str, str], name: str, known: Container[str]) -> str:
    """One of the known values that a query names; empty where it names none of them, as old links may."""
    value = query.get(name, "")
    if value not in known:
        return ""
    return value


def words(query: Mapping[str, str]) -> str:
    """What a query searches for, as PostgreSQL can take it (no NUL); empty where it searches for nothing."""
    return query.get("q", "").replace("\x00", "").strip()[:MAX_TEXT]
