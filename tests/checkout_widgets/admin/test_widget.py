"""Widgets in the admin."""

import json
import re
from html import escape, unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkout_widgets.models import OfferTier, Widget
from experiments.models import Store
from tests import factories
from tests.experiments.admin.forms import drawn, errors_of, page_data, submit

pytestmark = pytest.mark.django_db
ADD = "/admin/checkout_widgets/widget/add/"


def change_url(widget: Widget) -> str:
    return reverse("admin:checkout_widgets_widget_change", args=[widget.pk])


def make_widget(store: Store) -> Widget:
    experiment = factories.make_experiment(store)
    return factories.make_widget(experiment.variants.get(key="treatment"))


@pytest.mark.slow
def test_widget_is_made_for_a_treatment(editor_client, store):
    experiment = factories.make_experiment(store, name="Care balm")
    offer = factories.make_offer(store)
    variant = experiment.variants.get(key="treatment")
    assert "Care balm: Treatment" in editor_client.get(ADD).content.decode()
    response = submit(
        editor_client,
        ADD,
        variant=variant.pk,
        offer=offer.pk,
        headline="Goes well with it",
        translations__de__headline="Passt gut",
        translations__de__accept_label="Für {price} dazu",
        theme__accent="#0b7a75",
    )
    assert response.status_code == 302
    widget = Widget.objects.get()
    assert widget.variant == variant
    assert widget.translations == {"de": {"headline": "Passt gut", "accept_label": "Für {price} dazu"}}
    assert widget.theme == {"accent": "#0b7a75"}


@pytest.mark.slow
def test_control_and_taken_variants_are_no_choice(editor_client, store):
    widget = make_widget(store)
    control = widget.variant.experiment.variants.get(key="control")
    for variant in (control, widget.variant):
        response = submit(editor_client, ADD, variant=variant.pk, offer=widget.offer.pk, headline="H")
        assert "variant" in errors_of(response)


def test_offer_of_another_store_is_refused(superuser_client, store):
    widget = make_widget(store)
    foreign = factories.make_offer(factories.make_store())
    assert "a different store" in errors_of(submit(superuser_client, change_url(widget), offer=foreign.pk))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("headline", ""),
        ("headline", "h" * 121),
        ("headline", "For {name}"),
        ("accept_label", "Add it"),
        ("accept_label", "Add for {prize}"),
        ("layout", "billboard"),
        ("terms_url", "javascript:alert(1)"),
        ("accept_label", "For {orders_30d}"),
        ("social_proof", "Rated 4.8 by 1,200 buyers"),
        ("phone_layout", "billboard"),
        ("layout", "comparison"),
        ("layout", "quantity_break"),
        ("phone_layout", "free_shipping"),
    ],
)
def test_bad_value_is_a_field_error(editor_client, store, field, value):
    widget = make_widget(store)
    assert field in errors_of(submit(editor_client, change_url(widget), **{field: value}))
    widget.refresh_from_db()
    assert widget.headline == "Goes well with tea"


@pytest.mark.slow
def test_preview_link_of_each_variant_opens_the_stores_page(editor_client, store):
    store.preview_url = "https://tea.example/cart"
    store.save()
    experiment = factories.make_experiment(store)
    page = editor_client.get(f"/admin/experiments/experiment/{experiment.pk}/change/").content.decode()
    for variant in experiment.variants.all():
        url = reverse("admin:checkout_widgets_widget_preview", args=[variant.pk])
        assert url in page
        response = editor_client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("https://tea.example/cart?offerlift_preview=")
        assert "no-store" in response["Cache-Control"]


def test_preview_of_a_store_without_a_page_says_what_is_missing(editor_client, store):
    store.allowed_origins = []
    store.save()
    variant = factories.make_experiment(store).variants.get(key="treatment")
    url = reverse("admin:checkout_widgets_widget_preview", args=[variant.pk])
    assert "a page for previews" in editor_client.get(url, follow=True).content.decode()


def test_preview_of_another_stores_variant_is_not_there(editor_client):
    variant = factories.make_experiment(factories.make_store()).variants.get(key="treatment")
    url = reverse("admin:checkout_widgets_widget_preview", args=[variant.pk])
    assert editor_client.get(url).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"theme__accent": "url(javascript:1)"}, "Accept button: url(javascript:1) is not a color or size"),
        ({"theme__accent": "a;b"}, "not a color or size"),
        ({"theme__accent": "\x00"}, "NUL"),
        ({"translations__de__headline": "h" * 121}, "German, Headline: The text has 121 characters. Use 120 at most."),
        (
            {"translations__de__accept_label": "Dazu"},
            "German, Accept button text: The accept button must show the price",
        ),
        ({"translations__pl__body": "{name}"}, "Polish, Body: Unknown placeholder: {name}."),
        (
            {"translations__fr__social_proof": "Note de 4,8"},
            "French, Social proof: Numbers must come from your orders",
        ),
        ({"translations__new__headline": "Ciao"}, "Another language: enter its code"),
        ({"translations__new__headline": "Ciao", "translations__code": "d e"}, "d e: enter its code"),
        ({"comparison__0__0": "Battery", "comparison__0__1": "20 h"}, "Row 1: enter what the offered product has"),
        ({"comparison__0__0": "b" * 81, "comparison__0__1": "1", "comparison__0__2": "2"}, "81 characters"),
        ({"comparison__head__1": "Standard"}, "There are headings, but no rows"),
        ({"translations__de__comparison__1__1": "20 Std."}, "German, Comparison: Row 1: enter what is compared"),
    ],
)
def test_bad_structured_value_names_the_place_and_the_fix(editor_client, store, change, error):
    widget = make_widget(store)
    response = submit(editor_client, change_url(widget), **change)
    assert error in unescape(errors_of(response))
    typed = next(iter(change.values()))
    assert escape(typed) in drawn(response) or "\x00" in typed  # what was typed is still there
    widget.refresh_from_db()
    assert (widget.theme, widget.translations, widget.comparison) == ({}, {}, {})


@pytest.mark.slow
def test_structured_fields_are_saved_and_shown_again(editor_client, store):
    widget = make_widget(store)
    response = submit(
        editor_client,
        change_url(widget),
        layout="comparison",
        comparison__head__2="Pro",
        comparison__0__0="Battery",
        comparison__0__1="20 h",
        comparison__0__2="38 h",
        translations__de__comparison__0__0="Akku",
        translations__de__comparison__0__1="20 Std.",
        translations__de__comparison__0__2="38 Std.",
        translations__code="it",
        translations__new__headline="Ciao",
        theme__scheme="dark",
    )
    assert response.status_code == 302
    widget.refresh_from_db()
    comparison = {"columns": ["", "Pro"], "rows": [{"label": "Battery", "values": ["20 h", "38 h"]}]}
    german = {"columns": ["", ""], "rows": [{"label": "Akku", "values": ["20 Std.", "38 Std."]}]}
    translations = {"de": {"comparison": german}, "it": {"headline": "Ciao"}}
    assert (widget.comparison, widget.translations, widget.theme) == (comparison, translations, {"scheme": "dark"})
    submit(editor_client, change_url(widget), headline="Sent back as it was shown")
    widget.refresh_from_db()
    assert (widget.comparison, widget.translations, widget.theme) == (comparison, translations, {"scheme": "dark"})


def test_settings_that_the_form_does_not_know_are_kept(editor_client, store):
    widget = make_widget(store)
    Widget.objects.update(theme={"shadow": "none", "accent": "#000"})
    submit(editor_client, change_url(widget), theme__accent="")
    widget.refresh_from_db()
    assert widget.theme == {"shadow": "none"}


@pytest.mark.slow
@pytest.mark.parametrize("stored", [[], "x", {"rows": 5}, {"rows": [1]}, {"rows": [{"label": "a"}], "columns": [1]}])
def test_stored_json_that_cannot_be_read_is_an_empty_form(editor_client, store, stored):
    widget = make_widget(store)
    Widget.objects.update(comparison=stored, translations={"de": {"comparison": stored}, "fr": stored}, theme=stored)
    assert editor_client.get(change_url(widget)).status_code == 200


def test_social_proof_that_was_computed_elsewhere_may_stay(editor_client, store):
    widget = make_widget(store)
    Widget.objects.update(social_proof="In 25% of past orders")
    assert submit(editor_client, change_url(widget), headline="New").status_code == 302


def test_social_proof_is_counted_when_it_is_saved(editor_client, store):
    widget = make_widget(store)
    sku = widget.offer.items.get().product.sku
    factories.make_order(store, placed_at=timezone.now(), lines=[{"sku": sku, "quantity": 1, "price_minor": 1}])
    submit(editor_client, change_url(widget), social_proof="{orders_30d} orders in the last 30 days")
    widget.offer.refresh_from_db()
    assert widget.offer.recent_orders == 1


@pytest.mark.parametrize(("layout", "prepare"), [("quantity_break", "tier"), ("free_shipping", "goal")])
def test_layout_is_accepted_once_its_data_is_there(editor_client, store, layout, prepare):
    widget = make_widget(store)
    if prepare == "tier":
        OfferTier.objects.create(offer=widget.offer, quantity=2, price_minor=1800)
    else:
        Store.objects.update(free_shipping_minor=5000)
    assert submit(editor_client, change_url(widget), layout=layout).status_code == 302


STAGE = "/admin/checkout_widgets/widget/stage/"


def staged(response: Any) -> dict[str, Any]:
    """The content that the page of a stage shows."""
    key = re.search(r'data-key="([^"]+)"', response.content.decode())
    assert key
    answer = Client().post("/stage/v1/decide", json.dumps({"key": key[1]}), content_type="text/plain").json()
    content: dict[str, Any] = answer["decisions"][0]["content"]
    return content


def test_live_preview_shows_what_is_typed_and_saves_nothing(editor_client, store):
    widget = make_widget(store)
    url = f"{STAGE}?widget={widget.pk}&language=de&device=phone"
    data = page_data(editor_client, change_url(widget))
    typed = data | {"translations-de-headline": "Passt gut", "phone_layout": "line", "accept_label": "no price"}
    content = staged(editor_client.post(url, {name: value for name, value in typed.items() if value is not None}))
    assert (content["headline"], content["layout"]) == ("Passt gut", "line")
    assert content["accept_label"] == "Add for 9,90\xa0€"  # the mistake isn't shown, but what is saved
    assert staged(editor_client.get(url))["headline"] == "Goes well with tea"
    widget.refresh_from_db()
    assert widget.translations == {}


def test_live_preview_of_a_new_widget_waits_for_treatment_and_offer(editor_client, store):
    experiment = factories.make_experiment(store)
    data = {"headline": "New", "decline_label": "No", "accept_label": "{price}"}
    assert "Choose a treatment" in editor_client.post(STAGE, data).content.decode()
    offer = factories.make_offer(store)
    data |= {"variant": str(experiment.variants.get(key="treatment").pk), "offer": str(offer.pk), "layout": "card"}
    assert staged(editor_client.post(STAGE, data))["headline"] == "New"
    assert not Widget.objects.exists()


@pytest.mark.parametrize("widget_id", ["", "x", "0", "9" * 30, "foreign"])
def test_live_preview_of_what_is_not_there_or_not_theirs_is_empty(editor_client, widget_id):
    foreign = make_widget(factories.make_store())
    response = editor_client.get(STAGE, {"widget": foreign.pk if widget_id == "foreign" else widget_id})
    assert "Choose a treatment" in response.content.decode()


def test_live_preview_never_shows_another_stores_offer(editor_client, store):
    widget = make_widget(store)
    foreign = factories.make_offer(factories.make_store(), name="Secret")
    data = page_data(editor_client, change_url(widget)) | {"offer": foreign.pk}
    response = editor_client.post(f"{STAGE}?widget={widget.pk}", {k: v for k, v in data.items() if v is not None})
    assert staged(response)["items"][0]["sku"] == widget.offer.items.get().product.sku


def test_page_has_a_live_preview_on_both_devices(editor_client, store):
    page = editor_client.get(change_url(make_widget(store))).content.decode()
    assert page.count("<iframe") == 2
    assert page.count('sandbox="allow-scripts"') == 2


def test_who_may_only_look_reads_no_json(viewer_client, store):
    widget = make_widget(store)
    widget.theme = {"accent": "#0b7a75"}
    widget.save()
    page = viewer_client.get(change_url(widget)).content.decode()
    assert widget.headline in page
    assert "#0b7a75" not in page


@pytest.mark.slow
def test_widget_is_never_made_for_a_holdout(editor_client, store):
    offers = factories.make_holdout(store).variants.get(key="offers")
    factories.make_experiment(store, name="Care balm")
    page = editor_client.get(ADD).content.decode()
    assert "Care balm: Treatment" in page
    assert f'<option value="{offers.pk}">' not in page
    answer = submit(editor_client, ADD, variant=offers.pk, offer=factories.make_offer(store).pk)
    assert answer.status_code == 200
    assert not Widget.objects.exists()
