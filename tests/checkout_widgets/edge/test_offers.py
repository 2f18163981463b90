"""Rows as the edge holds them: words that are for phones alone."""

from typing import Any

import pytest

from checkout_widgets import stage
from checkout_widgets.edge.offers import copy_of, phone_copy_of
from checkout_widgets.models import Widget
from experiments.models import Store, Variant
from tests import factories
from tests.dashboard.builder.drafts import WORDS, client_of, send

LONG = "A balm that keeps your boots waterproof"


def headlines(**fields: Any) -> dict[str, str]:
    widget = Widget(headline=LONG, body="Body", **fields)
    return {locale: texts["headline"] for locale, texts in phone_copy_of(widget, copy_of(widget)).items()}


@pytest.mark.parametrize("phone_copy", [{}, {"": {}}, {"de": {"headline": 7}}, "broken", None])
def test_widget_without_words_for_phones_has_none(phone_copy):
    assert headlines(phone_copy=phone_copy) == {}


def test_words_for_phones_stand_in_their_language_and_never_before_a_translation():
    translations = {"de": {"headline": "Ein Balsam für Ihre Stiefel"}, "fr": {"headline": "Un baume"}}
    phone_copy = {"": {"headline": "Boot balm"}, "de": {"headline": "Balsam"}, "pt-BR": {"headline": "Bálsamo"}}
    assert headlines(translations=translations, phone_copy=phone_copy) == {
        "": "Boot balm", "de": "Balsam", "fr": "Un baume", "pt-br": "Bálsamo"
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db
def test_phone_gets_its_words_and_a_desktop_the_others():
    store: Store = factories.make_store(allowed_origins=[])
    experiment = factories.make_experiment(store, status="draft", started_at=None)
    variant: Variant = experiment.variants.get(key="treatment")
    offer = factories.make_offer(store)
    typed = WORDS | {"phone_layout": "", "offer": offer.pk, "shows": "offer", "headline": LONG}
    on_phones = {"phone_copy-locales": "own,de", "phone_copy-own-headline": "Boot balm"}
    assert (
        send(client_of(experiment), experiment, "treatment-treatment", typed | on_phones)["X-Section-State"] == "saved"
    )
    assert Widget.objects.get(variant=variant).phone_copy == {"": {"headline": "Boot balm"}}
    widget = Widget.objects.select_related("variant__experiment__store").get()
    words = {}
    for device in ("phone", "desktop"):
        shown = stage.shown_content(widget, "en", device)
        assert shown is not None
        words[device] = shown["headline"]
    assert words == {"phone": "Boot balm", "desktop": LONG}
    refused = typed | on_phones | {"phone_copy-own-accept_label": "Take it"}
    answer = send(client_of(experiment), experiment, "treatment-treatment", refused)
    assert "must show the price" in answer.content.decode()
