"""Which tests a reader may see, whose they may change, and under which name."""

from typing import cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from dashboard import shell
from experiments.models import Experiment, Role, Store


def member_experiment(request: HttpRequest, store_slug: str, experiment_key: str) -> Experiment:
    """The test, if it belongs to a store of the member's; raises ``Http404`` otherwise, so that nobody can tell a
    foreign test from one that doesn't exist."""
    visible = Experiment.with_holdouts.visible_to(request.user).select_related("store", "rolled_out_variant", "owner")
    return get_object_or_404(visible, store__slug=store_slug, key=experiment_key)


def can_edit(request: HttpRequest, store: Store) -> bool:
    """Whether the member's role in the store lets them change it."""
    return shell.shell_of(request).roles.get(store) in shell.EDITORS


def editable_experiment(request: HttpRequest, store_slug: str, experiment_key: str) -> Experiment:
    """The member's test, to be changed; raises ``Http404``, and ``PermissionDenied`` for who may only look."""
    experiment = member_experiment(request, store_slug, experiment_key)
    require_editor(request, experiment.store)
    return experiment


def editable_store(request: HttpRequest) -> Store:
    """The store that the page is about, to be changed; raises ``Http404``, and ``PermissionDenied`` for who may only
    look."""
    store = shell.one_store(request)
    if store is None:
        raise Http404("No store.")
    require_editor(request, store)
    return store


def is_store_admin(request: HttpRequest, store: Store) -> bool:
    """Whether the member's role in the store lets them change its keys and connections."""
    return shell.shell_of(request).roles.get(store) == Role.ADMIN


def administered_store(request: HttpRequest) -> Store:
    """The store that the page is about, whose connections are to be changed; raises ``Http404``, and
    ``PermissionDenied`` for who isn't its admin."""
    store = shell.one_store(request)
    if store is None:
        raise Http404("No store.")
    if not is_store_admin(request, store):
        raise PermissionDenied("The member isn't an admin of this store.")
    return store


def require_editor(request: HttpRequest, store: Store) -> None:
    """Raise ``PermissionDenied`` for who may only look at the store."""
    if not can_edit(request, store):
        raise PermissionDenied("The member's role in this store is viewer.")


def user_of(request: HttpRequest) -> User:
    """The reader of a page that needs a login."""
    return cast("User", request.user)


def actor_of(request: HttpRequest) -> str:
    """Who does it, as the audit trail has it."""
    return user_of(request).get_username()
