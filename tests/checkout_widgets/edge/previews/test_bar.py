"""The bar below a preview: what it can be switched to."""

from collections.abc import Callable
from typing import Any

import pytest

from checkout_widgets.edge.previews import requests
from checkout_widgets.edge.previews.requests import PreviewRequest
from checkout_widgets.models import Widget
from experiments.models import Experiment, Status, Store
from tests import factories


@pytest.fixture
def draft(store: Store) -> Experiment:
    return factories.make_live_experiment(store, key="new-idea", status=Status.DRAFT, started_at=None)


@pytest.fixture
def bar(draft: Experiment, post: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """The bar of the treatment's preview, as it was switched."""

    def ask(**switched: str) -> dict[str, Any]:
        variant = draft.variants.get(key="treatment")
        token = requests.sign(PreviewRequest(draft.store_id, draft.pk, variant.pk, **switched))
        answer = post("/v1/decide", {"key": "pk_shop", "moments": ["cart"], "preview": token}).json()
        shown: dict[str, Any] = answer["bar"]
        return shown

    return ask


def labels(group: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(choice["label"], choice["is_chosen"]) for choice in group["choices"]]


def test_bar_switches_variant_language_and_device(bar):
    Widget.objects.update(translations={"de": {"headline": "Passt gut"}, "xx-unknown": {"headline": "?"}})
    shown = bar(device="phone")
    variants, languages, devices = shown["groups"]
    assert labels(variants) == [("Control", False), ("Treatment", True)]
    assert labels(languages) == [
        ("As on the page", True),
        ("English", False),
        ("Deutsch", False),
        ("xx-unknown", False),
    ]
    assert labels(devices) == [("This one", False), ("Phone", True), ("Desktop", False)]


def test_choice_keeps_what_else_was_switched(bar, draft):
    german = bar(device="phone", locale="de")["groups"][0]["choices"][0]
    asked = requests.read(draft.store_id, german["token"])
    assert asked is not None
    assert (asked.variant_id, asked.locale, asked.device) == (draft.variants.get(key="control").pk, "de", "phone")


def test_bar_names_the_test_and_its_part(bar, draft):
    shown = bar()
    assert shown["title"] == f"Preview of “{draft.name}”"
    assert [part["name"] for part in shown["parts"]] == ["upsell_preview"]
    assert shown["moment"] == "cart"
