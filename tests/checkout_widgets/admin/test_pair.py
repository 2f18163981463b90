"""Pairs that are pinned and banned in the admin."""

import pytest
from django.urls import reverse

from checkout_widgets.models import ChosenPair
from experiments.models import AuditEntry
from tests import factories
from tests.experiments.admin.forms import errors_of, submit

pytestmark = pytest.mark.django_db
ADD = "admin:checkout_widgets_chosenpair_add"


def test_editor_pins_changes_and_deletes_a_pair_with_entries_of_the_trail(editor_client, store):
    tea, cup = factories.make_product(store, sku="tea"), factories.make_product(store, sku="cup")
    submit(editor_client, reverse(ADD), store=store.pk, product=tea.pk, suggested=cup.pk, reason="Fits")
    choice = ChosenPair.objects.get()
    assert (choice.product, choice.suggested, choice.is_banned) == (tea, cup, False)
    assert choice.created_by.startswith("user-")
    change = reverse("admin:checkout_widgets_chosenpair_change", args=[choice.pk])
    submit(editor_client, change, is_banned="on", reason="Breaks")
    assert ChosenPair.objects.get().is_banned
    delete = reverse("admin:checkout_widgets_chosenpair_delete", args=[choice.pk])
    editor_client.post(delete, {"post": "yes"})
    assert not ChosenPair.objects.exists()
    actions = AuditEntry.objects.filter(store=store).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["pair_pinned", "pair_banned", "pair_released"]


def test_pair_of_another_stores_product_is_refused(editor_client, store):
    cup = factories.make_product(store, sku="cup")
    theirs = factories.make_product(factories.make_store(slug="coffee"), sku="beans")
    page = submit(editor_client, reverse(ADD), store=store.pk, product=theirs.pk, suggested=cup.pk)
    assert "product" in errors_of(page)
    assert not ChosenPair.objects.exists()


def test_pair_that_is_chosen_already_is_refused_in_words(editor_client, store):
    tea, cup = factories.make_product(store, sku="tea"), factories.make_product(store, sku="cup")
    ChosenPair.objects.create(store=store, product=tea, suggested=cup)
    page = submit(editor_client, reverse(ADD), store=store.pk, product=tea.pk, suggested=cup.pk, is_banned="on")
    assert "This pair is pinned or banned already." in str(errors_of(page))
