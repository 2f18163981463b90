"""Who sees and changes what in the admin."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

from checkout_widgets.models import ChosenPair, Offer, OfferItem, Product, Widget
from experiments.admin.tenancy import path_to_store
from experiments.models import Exposure, Membership, Order, OrderLine, Rejection, Snapshot, Store, Variant
from tests import factories
from tests.experiments.admin.forms import errors_of, submit

pytestmark = pytest.mark.django_db
SCOPED = (
    "experiments_experiment",
    "experiments_order",
    "experiments_rejection",
    "experiments_snapshot",
    "experiments_store",
    "checkout_widgets_chosenpair",
    "checkout_widgets_nextwidget",
    "checkout_widgets_offer",
    "checkout_widgets_product",
    "checkout_widgets_widget",
)


def make_everything(store: Store) -> dict[str, Any]:
    """One row of every noun; all carry the store's name in some text."""
    experiment = factories.make_experiment(store, name=f"Test of {store.name}")
    product = factories.make_product(store, title=f"Product of {store.name}")
    offer = factories.make_offer(store, product, name=f"Offer of {store.name}")
    widget = factories.make_widget(experiment.variants.get(key="treatment"), offer, headline=f"Widget of {store.name}")
    choice = ChosenPair.objects.create(store=store, suggested=product, is_banned=True, reason=f"Ban of {store.name}")
    second = factories.make_next_widget(widget.variant, "accepted", offer, headline=f"Second of {store.name}")
    order = factories.make_order(store, external_id=f"Order of {store.name}")
    snapshot = Snapshot.objects.create(
        experiment=experiment, taken_at=factories.NOON, report={"verdict": {"headline": "Fine"}}
    )
    rejection = Rejection.objects.create(
        store=store, day=factories.NOON.date(), source="events", code="bad_token", last_at=factories.NOON
    )
    return {
        "checkout_widgets_chosenpair": choice,
        "experiments_experiment": experiment,
        "experiments_order": order,
        "experiments_rejection": rejection,
        "experiments_snapshot": snapshot,
        "experiments_store": store,
        "checkout_widgets_nextwidget": second,
        "checkout_widgets_offer": offer,
        "checkout_widgets_product": product,
        "checkout_widgets_widget": widget,
    }


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (Store, ""),
        (Membership, "store"),
        (Variant, "experiment__store"),
        (Exposure, "store"),
        (OrderLine, "order__store"),
        (OfferItem, "offer__store"),
        (Widget, "variant__experiment__store"),
    ],
)
def test_path_to_store_follows_the_required_relations(model, path):
    assert path_to_store(model) == path


def test_path_to_store_of_a_user_is_none():
    assert path_to_store(Membership._meta.get_field("user").related_model) is None


def test_every_admin_of_ours_is_scoped_to_stores():
    ours = [model for model in admin.site._registry if model._meta.app_label in {"experiments", "checkout_widgets"}]
    assert len(ours) >= 8
    assert all(path_to_store(model) is not None for model in ours)
    assert all(hasattr(admin.site._registry[model], "frozen") for model in ours)


def empty_choices(form: Any) -> dict[str, str]:
    """What the choices without a value say, by field."""
    found = {}
    for name, field in form.base_fields.items():
        for value, label in getattr(field, "choices", ()):
            if value == "":
                found[name] = str(label)
    return found


def test_no_choice_is_a_line_of_dashes(rf):
    request = rf.get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    found = set()
    for model, model_admin in admin.site._registry.items():
        is_ours = model._meta.app_label in {"experiments", "checkout_widgets", "journeys"}
        if not is_ours or not model_admin.has_change_permission(request):
            continue
        forms = [model_admin.get_form(request)]
        for inline in model_admin.get_inline_instances(request):
            forms.append(inline.get_formset(request).form)
        for form in forms:
            found |= set(empty_choices(form).values())
    assert "None" in found
    assert [label for label in found if label.startswith("--")] == [], found


@pytest.mark.slow
@pytest.mark.parametrize("name", SCOPED)
def test_list_shows_the_members_stores_alone(editor_client, store, name):
    make_everything(store)
    make_everything(factories.make_store(name="Foreign shop"))
    response = editor_client.get(reverse(f"admin:{name}_changelist"))
    assert response.status_code == 200
    assert response.context["cl"].result_count == 1
    assert "Foreign shop" not in response.content.decode()


@pytest.mark.parametrize("name", SCOPED)
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_page_of_a_foreign_row_is_not_reachable(admin_of_store_client, name, page):
    foreign = make_everything(factories.make_store(name="Foreign shop"))[name]
    response = admin_of_store_client.get(reverse(f"admin:{name}_{page}", args=[foreign.pk]))
    assert response.status_code in {302, 403, 404}
    assert "Foreign shop" not in response.content.decode()


@pytest.mark.slow
def test_foreign_store_cannot_be_chosen(editor_client, store):
    foreign = factories.make_store(name="Foreign shop")
    url = reverse("admin:checkout_widgets_product_add")
    assert "Foreign shop" not in editor_client.get(url).content.decode()
    response = submit(editor_client, url, store=foreign.pk, sku="1", title="Cup", price_minor="1")
    assert "Choose one from the list." in errors_of(response)
    assert not Product.objects.exists()


def test_store_in_which_one_only_looks_cannot_be_chosen(editor_client, store):
    looked_at = factories.make_store(name="Looked at")
    Membership.objects.create(user=Membership.objects.get(store=store).user, store=looked_at, role="viewer")
    page = editor_client.get(reverse("admin:checkout_widgets_product_add")).content.decode()
    assert "Tea shop" in page
    assert "Looked at" not in page


def test_foreign_product_cannot_be_offered(editor_client, store):
    foreign = factories.make_product(factories.make_store())
    offer = factories.make_offer(store)
    url = reverse("admin:checkout_widgets_offer_change", args=[offer.pk])
    assert "Choose one from the list." in errors_of(submit(editor_client, url, items__0__product=foreign.pk))


def test_product_search_finds_own_products_alone(editor_client, store):
    factories.make_product(store, title="Own cup")
    factories.make_product(factories.make_store(), title="Foreign cup")
    response = editor_client.get(
        reverse("admin:autocomplete"),
        {"app_label": "checkout_widgets", "model_name": "offeritem", "field_name": "product", "term": "cup\x00"},
    )
    assert [row["text"].split(" (")[0] for row in response.json()["results"]] == ["Own cup"]


@pytest.mark.slow
def test_foreign_variant_cannot_get_a_widget(editor_client, store):
    foreign = factories.make_experiment(name="Foreign test")
    offer = factories.make_offer(store)
    url = reverse("admin:checkout_widgets_widget_add")
    assert "Foreign test" not in editor_client.get(url).content.decode()
    variant = foreign.variants.get(key="treatment")
    assert "Choose one from the list." in errors_of(
        submit(editor_client, url, variant=variant.pk, offer=offer.pk, headline="H")
    )


@pytest.mark.slow
def test_viewer_looks_and_changes_nothing(viewer_client, store):
    rows = make_everything(store)
    for name, row in rows.items():
        url = reverse(f"admin:{name}_change", args=[row.pk])
        response = viewer_client.get(url)
        assert response.status_code == 200, name
        assert not response.context["has_change_permission"], name
        assert viewer_client.post(url, {}).status_code == 403, name
        assert viewer_client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert viewer_client.get(reverse("admin:checkout_widgets_offer_add")).status_code == 403


def test_editor_of_one_store_only_looks_in_the_other(store, editor_client):
    looked_at = factories.make_store()
    Membership.objects.create(user=Membership.objects.get(store=store).user, store=looked_at, role="viewer")
    offer = factories.make_offer(looked_at)
    url = reverse("admin:checkout_widgets_offer_change", args=[offer.pk])
    assert editor_client.get(url).status_code == 200
    assert editor_client.post(url, {"name": "Changed"}).status_code == 403


def test_editor_changes_an_offer(editor_client, store):
    offer = factories.make_offer(store)
    url = reverse("admin:checkout_widgets_offer_change", args=[offer.pk])
    assert submit(editor_client, url, name="Two cups", price_minor="12.5").status_code == 302
    offer.refresh_from_db()
    assert (offer.name, offer.price_minor) == ("Two cups", 1250)


def test_editor_deletes_nothing_and_bulk_deletion_is_not_offered(editor_client, store):
    offer = factories.make_offer(store)
    url = reverse("admin:checkout_widgets_offer_changelist")
    editor_client.post(url, {"action": "delete_selected", "_selected_action": [offer.pk], "post": "yes"})
    assert Offer.objects.filter(pk=offer.pk).exists()


def test_staff_without_membership_sees_nothing(client):
    client.force_login(factories.make_user(is_staff=True))
    make_everything(factories.make_store(name="Foreign shop"))
    assert client.get(reverse("admin:experiments_experiment_changelist")).status_code == 403
    assert "Foreign" not in client.get(reverse("admin:index")).content.decode()


def test_member_who_is_not_staff_is_kept_out(client, store):
    client.force_login(factories.make_user(store, role="admin"))
    assert client.get(reverse("admin:index")).status_code == 302


def test_users_are_for_superusers(admin_of_store_client, superuser_client):
    url = reverse("admin:auth_user_changelist")
    assert admin_of_store_client.get(url).status_code == 403
    assert superuser_client.get(url).status_code == 200


@pytest.mark.slow
def test_store_admin_does_not_choose_members(admin_of_store_client, store):
    factories.make_user(username="somebody-else")
    url = reverse("admin:experiments_store_change", args=[store.pk])
    assert "somebody-else" not in admin_of_store_client.get(url).content.decode()
    assert submit(admin_of_store_client, url, memberships__0__role="viewer").status_code == 302
    assert Membership.objects.get(store=store).role == "admin"


@pytest.mark.slow
@pytest.mark.parametrize("name", SCOPED)
def test_superuser_opens_every_page(superuser_client, store, name):
    row = make_everything(store)[name]
    assert superuser_client.get(reverse(f"admin:{name}_changelist"), {"q": "a\x00"}).status_code in {200, 302}
    assert superuser_client.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.parametrize("name", ["experiments_order", "experiments_rejection", "experiments_snapshot"])
def test_what_arrives_by_itself_cannot_be_changed_by_a_superuser(superuser_client, store, name):
    row = make_everything(store)[name]
    assert superuser_client.get(reverse(f"admin:{name}_add")).status_code == 403
    assert superuser_client.post(reverse(f"admin:{name}_change", args=[row.pk]), {}).status_code == 403
    assert superuser_client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.slow
def test_list_queries_do_not_grow_with_the_rows(superuser_client, store, django_assert_max_num_queries):
    for _ in range(12):
        order = factories.make_order(factories.make_store())
    assert Order.objects.count() == 12
    with django_assert_max_num_queries(10):
        assert superuser_client.get(reverse("admin:experiments_order_changelist")).status_code == 200
    with django_assert_max_num_queries(10):
        assert superuser_client.get(reverse("admin:experiments_order_change", args=[order.pk])).status_code == 200
