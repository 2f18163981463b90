"""What pages about a test have for working together: the discussion, the approvals, and mentions in texts."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.approvals.page import listed_approvals
from dashboard.discussion.page import Discussion
from experiments.discussion import mentions
from experiments.models import Experiment

register = template.Library()


@register.inclusion_tag("dashboard/discussion/discussion.html", takes_context=True)
def discussion(context: Mapping[str, Any], experiment: Experiment) -> dict[str, Any]:
    """Show a test's comments, owner, and tags."""
    request = context["request"]
    return {"discussion": Discussion.of(request, experiment), "experiment": experiment, "request": request}


@register.inclusion_tag("dashboard/approvals/approvals.html", takes_context=True)
def approvals(context: Mapping[str, Any], experiment: Experiment) -> dict[str, Any]:
    """Show what waits for approval, or was approved and waits to be done; nothing where there is none."""
    request = context["request"]
    return {"approvals": listed_approvals(request, experiment), "experiment": experiment, "request": request}


@register.filter
def with_mentions(text: str, known: frozenset[str]) -> SafeString:
    """Return a comment as HTML: escaped, with its mentions marked."""
    marked = []
    for piece, is_mention in mentions.pieces(text, dict.fromkeys(known)):
        if is_mention:
            marked.append(format_html('<strong class="mention">{}</strong>', piece))
        else:
            marked.append(format_html("{}", piece))
    return format_html_join("", "{}", ((piece,) for piece in marked))
