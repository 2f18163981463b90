"""Who may see and change what in the admin: a member, by the role in the store that a row belongs to.

Viewers look, editors change, admins also delete and change the store itself. Superusers may do everything. Staff
without a membership see nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.contrib.auth.models import User
from django.db.models import Field, ForeignKey, JSONField, Model, QuerySet, URLField
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from experiments.admin.change_list import LenientChangeList
from experiments.admin.storable_json import StorableJSONField
from experiments.models import Membership, Role, Store

VIEWERS = frozenset(Role.values)
EDITORS = frozenset([Role.EDITOR.value, Role.ADMIN.value])
ADMINS = frozenset([Role.ADMIN.value])

EMPTY = (None, "")
KEY_DIGITS = 19  # as many as a bigint surely holds
M = TypeVar("M", bound=Model)


@cache
def path_to_store(model: type[Model]) -> str | None:
    """Return the lookup from a model to its store: ``""`` for the store, None for what belongs to no store."""
    if model is Store:
        return ""
    for field in relations_of(model):
        rest = path_to_store(field.related_model)
        if rest is None:
            continue
        return f"{field.name}__{rest}".removesuffix("__")
    return None


def relations_of(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    """Return the relations that every row has: the one to the store itself first, as the shortest way."""
    relations = []
    for field in model._meta.fields:
        if isinstance(field, ForeignKey) and not field.null and field.related_model is not model:
            relations.append(field)
    return sorted(relations, key=lambda field: field.name != "store")


def roles_of(request: HttpRequest) -> dict[int, str]:
    """Return the user's role by store, read once per request."""
    if not hasattr(request, "store_roles"):
        memberships = Membership.objects.filter(user=cast("User", request.user))
        request.store_roles = dict(memberships.values_list("store_id", "role"))  # type: ignore[attr-defined]
    return cast("dict[int, str]", request.store_roles)  # type: ignore[attr-defined]


def limited(rows: QuerySet[M], request: HttpRequest, roles: Collection[str] = VIEWERS) -> QuerySet[M]:
    """Return the rows of the stores in which the user has one of the roles; rows that belong to no store stay."""
    path = path_to_store(rows.model)
    if request.user.is_superuser or path is None:
        return rows
    stores = [store for store, role in roles_of(request).items() if role in roles]
    return rows.filter(**{f"{path or 'pk'}__in": stores})


def has_role(request: HttpRequest, roles: Collection[str], row: Model | None) -> bool:
    """Return whether the user has one of the roles in the row's store; without a row, in any store."""
    user = request.user
    if not (user.is_active and user.is_staff):
        return False
    if user.is_superuser:
        return True
    held = roles_of(request)
    store = store_of(row)
    if store is None:
        return not set(roles).isdisjoint(held.values())
    return held.get(store.pk, "") in roles


def store_of(row: Model | None) -> Model | None:
    """Return the store that a row belongs to; None while there is no row, and for what belongs to no store."""
    if row is None or row.pk is None:
        return None
    path = path_to_store(type(row))
    if path is None:
        return None
    if path == "":
        return row
    return cast("Model", attrgetter(path.replace("__", "."))(row))


class ReadableAutocomplete(AutocompleteSelect):
    """A choice by searching; a value that is no key counts as none, so that the form can say what is wrong."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Look up the chosen row only by what can be a key."""
        readable = [key for key in value if may_be_key(key)]
        return super().optgroups(name, readable, attr)


def may_be_key(value: Any) -> bool:
    """Return whether a posted value is empty or can be a row's key."""
    if value in EMPTY:
        return True
    return str(value).isdecimal() and len(str(value)) < KEY_DIGITS


def empty_label_of(db_field: Field[Any, Any]) -> str:
    """Return what a field's empty choice says: Django's own is a line of dashes, read aloud as such."""
    if db_field.blank:
        return gettext("None")
    return gettext("Choose one")


class StoreScoped:
    """What a model's admin and an inline share: rows, choices and permissions by the store's roles."""

    formfield_overrides = {
        JSONField: {"form_class": StorableJSONField, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})},
        URLField: {"assume_scheme": "https"},
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of the member's stores."""
        return limited(super().get_queryset(request), request)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Leave out the menu of the other row's pages that stands beside a choice: no key reaches it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Offer choices from the stores that the member may change alone, and say what the empty one means."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", ReadableAutocomplete(db_field, self.admin_site))  # type: ignore[attr-defined]
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.queryset = limited(field.queryset, request, EDITORS)
            field.empty_label = empty_label_of(db_field)
        return cast("ModelChoiceField[Any] | None", field)

    def formfield_for_choice_field(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Say what the empty choice means, where there is one."""
        if "choices" not in kwargs:
            empty = [("", empty_label_of(db_field))]
            kwargs["choices"] = db_field.get_choices(include_blank=db_field.blank, blank_choice=empty)
        return super().formfield_for_choice_field(db_field, request, **kwargs)  # type: ignore[misc]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow every member to look."""
        return has_role(request, VIEWERS, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow editors to add."""
        return has_role(request, EDITORS, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow editors to change."""
        return has_role(request, EDITORS, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow admins of the store to delete."""
        return has_role(request, ADMINS, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """List the app for members."""
        return has_role(request, VIEWERS, None)


class ReadOnly:
    """For what arrives by itself: nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow nobody."""
        return False

    has_change_permission = has_delete_permission = has_add_permission


class StoreScopedAdmin(StoreScoped, ModelAdmin):  # type: ignore[misc]
    """An admin page limited to the member's stores. ``frozen`` fields are set when the row is made, then read only."""

    frozen: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LenientChangeList]:
        """Return a list that takes any address."""
        return LenientChangeList

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Add the frozen ones, once the row is there."""
        fields: tuple[str, ...] = tuple(super().get_readonly_fields(request, obj))
        if obj is None:
            return fields
        return fields + self.frozen

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search without NUL characters, which the database refuses."""
        found: tuple[QuerySet[Any], bool] = super().get_search_results(
            request, queryset, search_term.replace("\x00", "")
        )
        return found


class StoreScopedInline(StoreScoped, TabularInline):  # type: ignore[misc]
    """Rows edited on their parent's page."""

    extra = 0

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Name each field after its column's heading: a table's fields have no labels."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = capfirst(field.label)
        return field


class ReadOnlyInline(ReadOnly, StoreScopedInline):
    """Rows shown on their parent's page."""

    can_delete = False
