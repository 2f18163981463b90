"""What surrounds every page: the places to go, the member's stores, and the store that the page is about."""

from dataclasses import dataclass
from typing import NamedTuple, cast
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.urls import reverse

from experiments.models import Experiment, Membership, Role, Status, Store

EDITORS = frozenset({Role.EDITOR, Role.ADMIN})
PLACES = (
    ("Overview", "dashboard:home"),
    ("Tests", "dashboard:experiments"),
    ("Moments", "dashboard:moments"),
    ("Planner", "dashboard:planner"),
    ("Playbook", "dashboard:playbook"),
    ("Setup", "dashboard:setup"),
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
        held = [self.roles[self.chosen]] if self.chosen else list(self.roles.values())
        return any(role in EDITORS for role in held)

    @property
    def query(self) -> str:
        """What a link to another page carries along, so that the reader stays with the store."""
        return f"?{urlencode({'store': self.chosen.slug})}" if self.chosen else ""

    @property
    def places(self) -> list[MenuLink]:
        """The pages of the dashboard; for staff the admin, too."""
        path = self.request.path
        urls = [(title, reverse(name)) for title, name in PLACES]
        admin = [("Admin", reverse("admin:index"), "")] if self.request.user.is_staff else []
        places = [(title, url, self.query) for title, url in urls] + admin
        return [MenuLink(title, url + query, is_within(path, url)) for title, url, query in places]

    @property
    def store_links(self) -> list[MenuLink]:
        """The same page about every other store; about all of them where the page can."""
        match = self.request.resolver_match
        has_store_in_path = match is None or "store_slug" in match.kwargs
        path = reverse("dashboard:experiments") if has_store_in_path else self.request.path
        every = [] if self.is_about_one else [MenuLink("All stores", path, self.chosen is None)]
        return every + [
            MenuLink(store.name, f"{path}?{urlencode({'store': store.slug})}", store == self.chosen)
            for store in self.stores
        ]


def is_within(path: str, url: str) -> bool:
    """Whether a path is a place's or below it; everything is below the home page, which therefore stands for itself."""
    return path == url or (url != reverse("dashboard:home") and path.startswith(url))


def shell_of(request: HttpRequest) -> Shell:
    """The request's shell, made once."""
    if not hasattr(request, "shell"):
        memberships = Membership.objects.filter(user_id=cast("User", request.user).pk).select_related("store")
        roles = {membership.store: membership.role for membership in memberships.order_by("store__name", "store_id")}
        slug = named_store(request)
        chosen = next((store for store in roles if store.slug == slug), None)
        request.shell = Shell(request, roles, chosen)  # type: ignore[attr-defined]
    return cast("Shell", request.shell)  # type: ignore[attr-defined]


def named_store(request: HttpRequest) -> str:
    """The slug of the store in the URL's path or in ``?store=``; empty where there is none."""
    match = request.resolver_match
    return (match.kwargs.get("store_slug") if match else None) or request.GET.get("store", "")


def store_or_all(request: HttpRequest) -> Store | None:
    """The store that the URL names, None where it names none; raises ``Http404`` where it isn't the member's."""
    chosen = shell_of(request).chosen
    if chosen is None and named_store(request):
        raise Http404("No such store among the member's.")
    return chosen


def one_store(request: HttpRequest) -> Store | None:
    """The store of a page that is about one: the named one, else the first where a test runs, else the first.

    None for a member of no store.
    """
    shell = shell_of(request)
    shell.is_about_one = True
    shell.chosen = store_or_all(request) or first_busy(shell.stores)
    return shell.chosen


def first_busy(stores: list[Store]) -> Store | None:
    """The first of these stores where a test runs, else the first; None where there is none."""
    if len(stores) < 2:
        return next(iter(stores), None)
    busy = set(Experiment.objects.filter(store__in=stores, status=Status.RUNNING).values_list("store_id", flat=True))
    return next((store for store in stores if store.pk in busy), stores[0])


def context(request: HttpRequest) -> dict[str, object]:
    """The template context of every page: ``shell``, made only where a page shows it; None for a stranger."""
    return {"shell": lambda: shell_of(request) if request.user.is_authenticated else None}
