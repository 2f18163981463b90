"""Filling in the admin's forms as a browser does: what the page shows is sent back, but for the changes."""

from typing import Any
from unittest.mock import patch

from django.forms import BaseForm
from django.template.response import TemplateResponse
from django.test import Client

from experiments.admin.rule_editor import RuleEditor


def sent_back(form: BaseForm) -> dict[str, Any]:
    """What a browser sends for a form that nobody touched."""
    return {name: part for field in form for name, part in parts_of(field.html_name, field.value(), field.field.widget)}


def parts_of(name: str, value: Any, widget: Any) -> list[tuple[str, Any]]:
    """A field's inputs: a date with time has two."""
    if hasattr(widget, "inputs"):
        return [(one.name, one.value) for one in widget.inputs(name, value)]
    if isinstance(widget, RuleEditor):
        return parts_of_rules(name, widget.get_context(name, value, None))
    if hasattr(widget, "widgets"):
        values = widget.decompress(value)
        return [(f"{name}_{index}", one or "") for index, one in enumerate(values)]
    prepared = widget.format_value(value) if hasattr(widget, "format_value") else value
    if isinstance(prepared, list):
        prepared = prepared[0] if prepared else ""
    if widget.__class__.__name__.endswith(("Checkbox", "Switch", "BooleanWidget", "BooleanSwitchWidget")):
        return [(name, "on")] if value else []
    return [(name, "" if prepared is None else prepared)]


def parts_of_rules(name: str, context: dict[str, Any]) -> list[tuple[str, Any]]:
    """The inputs of the editor for targeting."""
    parts = [(f"{name}-kind", context["typed"].kind), (f"{name}-json", context["typed"].json)]
    for number, group in enumerate(context["groups"]):
        parts.append((f"{name}-{number}-kind", group.kind))
        for place, row in enumerate(group.rows):
            parts += [(f"{name}-{number}-{place}-{part}", text) for part, text in row._asdict().items()]
    return parts


def page_data(client: Client, url: str) -> dict[str, Any]:
    """The data of an add or change page, which isn't drawn: that takes longer than all else, and has its own tests."""
    with patch.object(TemplateResponse, "rendered_content", ""):
        response: Any = client.get(url)
    assert response.status_code == 200, url
    data = sent_back(response.context_data["adminform"].form)
    for inline in response.context_data["inline_admin_formsets"]:
        data |= sent_back(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= sent_back(form)
    return data


def submit(client: Client, url: str, /, **changes: Any) -> Any:
    """Send the page's form with some fields changed; ``__`` in a name stands for the dash of inline rows.

    A form that is refused isn't drawn again, for the same reason: ``drawn`` does it for a test that looks at the page.
    """
    data = page_data(client, url) | {name.replace("__", "-"): value for name, value in changes.items()}
    with patch.object(TemplateResponse, "rendered_content", ""):
        return client.post(url, {name: value for name, value in data.items() if value is not None})


def drawn(refused: Any) -> str:
    """The page of a form that was refused."""
    return str(refused.rendered_content)


def errors_of(response: Any) -> str:
    """All error texts of a refused form."""
    assert response.status_code == 200, "the form was accepted"
    form = response.context_data["adminform"].form
    texts = [str(form.errors)]
    for inline in response.context_data["inline_admin_formsets"]:
        texts += [str(inline.formset.errors), str(inline.formset.non_form_errors())]
    return " ".join(texts)
