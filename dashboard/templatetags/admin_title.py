"""The title of a page of the admin: where the page belongs, each part a link."""

from typing import Any, NamedTuple

from django import template
from django.contrib.auth.models import AbstractUser
from django.db.models import Model
from django.db.models.options import Options
from django.template.context import Context
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

register = template.Library()


class TitlePart(NamedTuple):
    """A part of the title: ``link`` is empty where there is no page of it."""

    text: str
    link: str = ""


@register.inclusion_tag("dashboard/shell/admin_title.html", takes_context=True)
def admin_title(context: Context) -> dict[str, Any]:
    """Write what unfold's ``header_title`` does, but a row's own name as it is.

    An address or a user's name begins with a small letter, which unfold makes a capital.
    """
    return {"parts": title_parts(context)}


def title_parts(context: Context) -> list[TitlePart]:
    """Return the parts: the app and the kind of row, and on the page of one row its name, or that it is a new one."""
    row = context.get("original") or context.get("object")
    if isinstance(row, Model):
        kind = row._meta
        page = reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[row.pk])
        return [*parts_of_kind(kind), TitlePart(str(row), page)]
    if context.get("opts") and context.get("add"):
        return [*parts_of_kind(context["opts"]), TitlePart(context["title"])]
    if context.get("opts"):
        return parts_of_kind(context["opts"])
    if context.get("content_title"):
        return [TitlePart(capfirst(context["content_title"]))]
    return [TitlePart(_("Welcome %(name)s") % {"name": name_of(context["request"].user)})]


def parts_of_kind(kind: "Options[Any]") -> list[TitlePart]:
    """Return the app's name and the plural name of a kind of row, with the pages that list them."""
    app = reverse("admin:app_list", args=[kind.app_label])
    rows = reverse(f"admin:{kind.app_label}_{kind.model_name}_changelist")
    return [
        TitlePart(str(kind.app_config.verbose_name), app),
        TitlePart(capfirst(str(kind.verbose_name_plural)), rows),
    ]


def name_of(user: AbstractUser) -> str:
    """Return how a user is greeted."""
    return user.get_short_name() or user.get_username()
