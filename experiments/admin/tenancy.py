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
    """The lookup from a model to its store: ``""`` for the store itself, None for what belongs to no store."""
    if model is Store:
        return ""
    relations = [field for field in model._meta.fields if isinstance(field, ForeignKey) and not field.null]
    for field in sorted(relations, key=lambda field: field.name != "store"):
        related = field.related_model
        rest = None if related is model else path_to_store(related)
        if rest is not None:
            return f"{field.name}__{rest}" if rest else field.name
    return None


def roles_of(request: HttpRequest) -> dict[int, str]:
    """The user's role by store, read once per request."""
    if not hasattr(request, "store_roles"):
        memberships = Membership.objects.filter(user=cast("User", request.user))
        request.store_roles = dict(memberships.values_list("store_id", "role"))  # type: ignore[attr-defined]
    return cast("dict[int, str]", request.store_roles)  # type: ignore[attr-defined]


def limited(rows: QuerySet[M], request: HttpRequest, roles: Collection[str] = VIEWERS) -> QuerySet[M]:
    """The rows of the stores in which the user has one of the roles; rows that belong to no store stay."""
    path = path_to_store(rows.model)
    if request.user.is_superuser or path is None:
        return rows
    stores = [store for store, role in roles_of(request).items() if role in roles]
    return rows.filter(**{f"{path or 'pk'}__in": stores})


def has_role(request: HttpRequest, roles: Collection[str], row: Model | None) -> bool:
    """Whether the user has one of the roles in the row's store; without a row, in any store."""
    user = request.user
    if not (user.is_active and user.is_staff):
        return False
    if user.is_superuser:
        return True
    held = roles_of(request)
    path = path_to_store(type(row)) if row is not None and row.pk is not None else None
    if row is None or path is None:
        return any(role in roles for role in held.values())
    store = attrgetter(path.replace("__", "."))(row) if path else row
    return held.get(store.pk, "") in roles


class ReadableAutocomplete(AutocompleteSelect):
    """A choice by searching; a value that is no key counts as none, so that the form can say what is wrong."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """The chosen row."""
        readable = [key for key in value if key in EMPTY or (str(key).isdecimal() and len(str(key)) < KEY_DIGITS)]
        return super().optgroups(name, readable, attr)


class StoreScoped:
    """What a model's admin and an inline share: rows, choices and permissions by the store's roles."""

    formfield_overrides = {
        JSONField: {"form_class": StorableJSONField, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 4})},
        URLField: {"assume_scheme": "https"},
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the member's stores."""
        return limited(super().get_queryset(request), request)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Without the menu of the other row's pages that stands beside a choice: no key reaches it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Choices from the stores that the member may change alone."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", ReadableAutocomplete(db_field, self.admin_site))  # type: ignore[attr-defined]
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.queryset = limited(field.queryset, request, EDITORS)
        return cast("ModelChoiceField[Any] | None", field)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Every member may look."""
        return has_role(request, VIEWERS, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Editors may add."""
        return has_role(request, EDITORS, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Editors may change."""
        return has_role(request, EDITORS, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Admins of the store may delete."""
        return has_role(request, ADMINS, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The app is listed for members."""
        return has_role(request, VIEWERS, None)


class ReadOnly:
    """For what arrives by itself: nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody may."""
        return False

    has_change_permission = has_delete_permission = has_add_permission


class StoreScopedAdmin(StoreScoped, ModelAdmin):  # type: ignore[misc]
    """An admin page limited to the member's stores. ``frozen`` fields are set when the row is made, then read only."""

    frozen: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[LenientChangeList]:
        """A list that takes any address."""
        return LenientChangeList

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """With the frozen ones, once the row is there."""
        return (*super().get_readonly_fields(request, obj), *(self.frozen if obj else ()))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The search without NUL characters, which the database refuses."""
        found: tuple[QuerySet[Any], bool] = super().get_search_results(
            request, queryset, search_term.replace("\x00", "")
        )
        return found


class StoreScopedInline(StoreScoped, TabularInline):  # type: ignore[misc]
    """Rows edited on their parent's page."""

    extra = 0

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """With the heading of its column for a name: a table's fields have no labels."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.widget.attrs["aria-label"] = capfirst(field.label)
        return field


class ReadOnlyInline(ReadOnly, StoreScopedInline):
    """Rows shown on their parent's page."""

    can_delete = False
