"""What surrounds every page: the places to go, the member's stores, and the store that the page is about."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec, TypeAlias, cast
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from experiments.models import Experiment, Membership, Role, Status, Store

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]
StoreView: TypeAlias = Callable[Concatenate[HttpRequest, Store, P], HttpResponse]
EDITORS = frozenset({Role.EDITOR, Role.ADMIN})
PLACES = (
    (gettext_lazy("Overview"), "dashboard:home"),
    (gettext_lazy("Tests"), "dashboard:experiments"),
    (gettext_lazy("Offers"), "dashboard:offers"),
    (gettext_lazy("Journeys"), "dashboard:journeys"),
    (gettext_lazy("Customers"), "dashboard:customers"),
    (gettext_lazy("Moments"), "dashboard:moments"),
    (gettext_lazy("Planner"), "dashboard:planner"),
    (gettext_lazy("Playbook"), "dashboard:playbook"),
    (gettext_lazy("Setup"), "dashboard:setup"),
)


class MenuLink(NamedTuple):
    """An entry of a menu; ``is_current`` where the reader is there already."""

    title: str
    url: str
    is_current: bool


@dataclass
class Shell:
    """The member's ``stores`` with the ``roles`` held there, and the store that the page is about; None where it is
    about all of them."""

    request: HttpRequest
    roles: dict[Store, str]
    chosen: Store | None
    is_about_one: bool = False

    @property
    def stores(self) -> list[Store]:
        """The member's stores by name."""
        return list(self.roles)

    @property
    def is_editor(self) -> bool:
        """Whether the reader may change something: in the chosen store, or in any."""
        if self.chosen:
            return self.roles[self.chosen] in EDITORS
        return not EDITORS.isdisjoint(self.roles.values())

    @property
    def query(self) -> str:
        """What a link to another page carries along, so that the reader stays with the store."""
        if self.chosen is None:
            return ""
        return query_of(self.chosen)

    @property
    def places(self) -> list[MenuLink]:
        """The pages of the dashboard; for staff the admin, too."""
        links = []
        for title, name in PLACES:
            links.append(self.place(str(title), reverse(name), self.query))
        if self.request.user.is_staff:
            # the admin's lists are of all stores, so that no store goes along
            links.append(self.place(gettext("Admin"), reverse("admin:index"), ""))
        return links

    def place(self, title: str, url: str, query: str) -> MenuLink:
        """Return a page of the console as an entry of the menu."""
        return MenuLink(title, url + query, is_within(self.request.path, url))

    @property
    def store_links(self) -> list[MenuLink]:
        """The same page about every other store; about all of them where the page can."""
        path = self.path_for_any_store
        links = []
        if not self.is_about_one:
            links.append(MenuLink(gettext("All stores"), path, self.chosen is None))
        for store in self.stores:
            links.append(MenuLink(store.name, path + query_of(store), store == self.chosen))
        return links

    @property
    def path_for_any_store(self) -> str:
        """This page's path; of a page whose path names a store, such as a report, the list of tests, as no other store
        has that page."""
        match = self.request.resolver_match
        if match is None or "store_slug" in match.kwargs:
            return reverse("dashboard:experiments")
        return self.request.path


def query_of(store: Store) -> str:
    """Return what names the store in an address."""
    return f"?{urlencode({'store': store.slug})}"


def address_of(name: str, store: Store) -> str:
    """Return where a page is about this store."""
    return reverse(name) + query_of(store)


def is_within(path: str, url: str) -> bool:
    """Whether a path is a place's or below it; everything is below the home page, which therefore stands for itself."""
    if url == reverse("dashboard:home"):
        return path == url
    return path.startswith(url)


def shell_of(request: HttpRequest) -> Shell:
    """Return the request's shell; made once, as views and templates ask for it many times."""
    if not hasattr(request, "shell"):
        request.shell = make_shell(request)  # type: ignore[attr-defined]
    return cast("Shell", request.shell)  # type: ignore[attr-defined]


def make_shell(request: HttpRequest) -> Shell:
    """Return the shell with the stores of the reader, and the one of them that the URL names."""
    memberships = Membership.objects.filter(user=cast("User", request.user)).select_related("store")
    roles, by_slug = {}, {}
    for membership in memberships.order_by("store__name", "store_id"):
        roles[membership.store] = membership.role
        by_slug[membership.store.slug] = membership.store
    # Looked up among the member's own: another's store is as good as one that doesn't exist.
    return Shell(request, roles, by_slug.get(named_store(request)))


def named_store(request: HttpRequest) -> str:
    """Return the slug of the store in the URL's path or in ``?store=``; empty where there is none."""
    in_query = request.GET.get("store", "")
    if request.resolver_match is None:
        return in_query
    return request.resolver_match.kwargs.get("store_slug") or in_query


def store_or_all(request: HttpRequest) -> Store | None:
    """Return the store that the URL names, if any. Raises ``Http404`` where it isn't the member's."""
    chosen = shell_of(request).chosen
    if chosen is None and named_store(request):
        # 404 and not 403: nobody learns which other stores there are.
        raise Http404("No such store among the member's.")
    return chosen


def one_store(request: HttpRequest) -> Store | None:
    """Return the store of a page about one: the named one, else the first where a test runs, else the first.

    None for a member of no store. The shell then says that the page is about that store.
    """
    shell = shell_of(request)
    # the menu then offers no "all stores", which this page can't show
    shell.is_about_one = True
    shell.chosen = store_or_all(request) or first_busy(shell.stores)
    return shell.chosen


def about_one_store(title: Promise) -> Callable[[StoreView[P]], View[P]]:
    """Give the view of a page the store that it is about; a member of no store is told so under the page's title."""

    def with_store(view: StoreView[P]) -> View[P]:
        @wraps(view)
        def shown(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            store = one_store(request)
            if store is None:
                return render(request, "dashboard/no_store.html", {"title": title})
            return view(request, store, *args, **kwargs)

        return shown

    return with_store


def first_busy(stores: list[Store]) -> Store | None:
    """Return the first of these stores where a test runs, else the first; None where there is none."""
    if not stores:
        return None
    if len(stores) == 1:
        return stores[0]  # most members have one store: no query for them
    running = Experiment.objects.filter(store__in=stores, status=Status.RUNNING)
    busy = set(running.values_list("store_id", flat=True))
    for store in stores:
        if store.pk in busy:
            return store
    return stores[0]


def context(request: HttpRequest) -> dict[str, object]:
    """Return the template context of every page: ``shell``; ``None`` for a stranger.

    Made only where a page shows it, as pages without a menu need no database.
    """

    def shell() -> Shell | None:
        if not request.user.is_authenticated:
            return None
        return shell_of(request)

    return {"shell": shell}
