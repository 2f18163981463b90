"""Widgets in the admin."""

import pytest
from django.urls import reverse

from checkout_widgets.models import Widget
from experiments.models import Store
from tests import factories
from tests.experiments.admin.forms import errors_of, submit

pytestmark = pytest.mark.django_db
ADD = "/admin/checkout_widgets/widget/add/"


def change_url(widget: Widget) -> str:
    return reverse("admin:checkout_widgets_widget_change", args=[widget.pk])


def make_widget(store: Store) -> Widget:
    experiment = factories.make_experiment(store)
    return factories.make_widget(experiment.variants.get(key="treatment"))


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
        translations='{"de": {"headline": "Passt gut", "accept_label": "Für {price} dazu"}}',
        theme='{"accent": "#0b7a75"}',
    )
    assert response.status_code == 302
    widget = Widget.objects.get()
    assert widget.variant == variant
    assert widget.translations["de"]["headline"] == "Passt gut"


def test_control_and_taken_variants_are_no_choice(editor_client, store):
    widget = make_widget(store)
    control = widget.variant.experiment.variants.get(key="control")
    for variant in (control, widget.variant):
        response = submit(editor_client, ADD, variant=variant.pk, offer=widget.offer.pk, headline="H")
        assert "variant" in errors_of(response)


def test_offer_of_another_store_is_refused(superuser_client, store):
    widget = make_widget(store)
    foreign = factories.make_offer(factories.make_store())
    assert "another store" in errors_of(submit(superuser_client, change_url(widget), offer=foreign.pk))


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
        ("theme", "[]"),
        ("theme", '{"accent": 1}'),
        ("theme", "{"),
        ("theme", '{"accent": "\\u0000"}'),
        ("translations", "[]"),
        ("translations", '{"de": "Hallo"}'),
        ("translations", '{"d e": {}}'),
        ("translations", '{"de": {"shout": "Hallo"}}'),
        ("translations", '{"de": {"headline": 5}}'),
        ("translations", '{"de": {"accept_label": "Dazu"}}'),
        ("translations", '{"de": {"body": "{name}"}}'),
    ],
)
def test_bad_value_is_a_field_error(editor_client, store, field, value):
    widget = make_widget(store)
    assert field in errors_of(submit(editor_client, change_url(widget), **{field: value}))
    widget.refresh_from_db()
    assert widget.headline == "Goes well with tea"


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
