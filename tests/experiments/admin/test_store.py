"""Stores in the admin."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.edge import live_configuration
from experiments.models import Role, Store
from experiments.tasks import recompute_outcomes
from tests import factories
from tests.experiments.admin.conftest import client_of
from tests.experiments.admin.forms import errors_of, submit

pytestmark = pytest.mark.django_db


def change_url(store: Store) -> str:
    return reverse("admin:experiments_store_change", args=[store.pk])


def key_url(store: Store) -> str:
    return reverse("admin:experiments_store_secret_key", args=[store.pk])


@pytest.mark.slow
def test_secret_key_is_masked_on_every_page(superuser_client):
    store = factories.make_store(secret_key="sk_abcdefghijklmnop", previous_secret_key="sk_qrstuvwxyz0123")
    for url in (change_url(store), reverse("admin:experiments_store_changelist"), key_url(store)):
        page = superuser_client.get(url).content.decode()
        assert "abcdefghijkl" not in page
        assert "qrstuvwxyz" not in page
    assert "sk_…mnop" in superuser_client.get(change_url(store)).content.decode()


@pytest.mark.slow
def test_new_secret_key_is_shown_once(superuser_client):
    store = factories.make_store(secret_key="sk_old_0123456789")
    posted = superuser_client.post(key_url(store))
    assert (posted.status_code, posted["Location"]) == (302, key_url(store))
    response = superuser_client.get(key_url(store))
    store.refresh_from_db()
    assert store.secret_key != "sk_old_0123456789"
    assert store.previous_secret_key == "sk_old_0123456789"
    assert store.secret_key in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert store.secret_key not in superuser_client.get(key_url(store)).content.decode()
    assert store.secret_key not in superuser_client.get(change_url(store)).content.decode()


@pytest.mark.slow
def test_new_secret_key_is_shown_to_nobody_else_and_made_no_second_time_by_a_reload(superuser_client, store):
    other = factories.make_store()
    superuser_client.post(key_url(store))
    store.refresh_from_db()
    made = store.secret_key
    assert made not in superuser_client.get(key_url(other)).content.decode()
    assert made not in client_of(store, Role.ADMIN).get(key_url(store)).content.decode()
    assert superuser_client.head(key_url(store)).status_code == 200
    assert made in superuser_client.get(key_url(store)).content.decode()
    for _ in range(3):
        assert made not in superuser_client.get(key_url(store)).content.decode()
    store.refresh_from_db()
    assert store.secret_key == made


@pytest.mark.slow
def test_key_in_use_lives_its_seven_days_however_often_a_new_one_is_made(superuser_client, store):
    in_use = store.secret_key
    for _ in range(5):
        superuser_client.post(key_url(store), follow=True)
    configuration, now = live_configuration.refresh(), timezone.now()
    by_secret = configuration.by_secret[sha256(in_use.encode()).digest()]
    assert by_secret.slug == store.slug
    assert len(by_secret.secret_keys(now)) == 6
    assert by_secret.secret_keys(now + timedelta(days=6, hours=23))[-1] == in_use
    store.refresh_from_db()
    assert by_secret.secret_keys(now + timedelta(days=7, seconds=1)) == [store.secret_key]


def test_keys_that_have_ended_are_forgotten(store):
    store.rotate_secret_key()
    ended = timezone.now() - timedelta(seconds=1)
    Store.objects.update(previous_secret_key_expires_at=ended)
    store.rotate_secret_key()
    store.refresh_from_db()
    assert store.older_secret_keys == []


def test_new_secret_key_is_noted_in_the_history_without_the_key(superuser_client):
    store = factories.make_store()
    superuser_client.post(key_url(store))
    store.refresh_from_db()
    entry = LogEntry.objects.get()
    assert "new secret key" in entry.get_change_message()
    assert store.secret_key not in str(entry.__dict__)


@pytest.mark.slow
def test_changing_what_counts_as_revenue_has_the_outcomes_recomputed(superuser_client):
    store = factories.make_store(name="Tea")
    exposure = factories.make_exposure(factories.make_experiment(store).variants.get(key="control"), visitor_id="v_1")
    factories.make_order(store, visitor_id="v_1", tax_minor=800, shipping_minor=300)
    assert submit(superuser_client, change_url(store), name="Cha").status_code == 302
    assert not ProcrastinateJob.objects.filter(task_name="experiments.tasks.recompute_outcomes").exists()
    assert submit(superuser_client, change_url(store), is_tax_revenue="on").status_code == 302
    job = ProcrastinateJob.objects.get(task_name="experiments.tasks.recompute_outcomes")
    recompute_outcomes(**job.args)
    exposure.refresh_from_db()
    assert (exposure.revenue_minor, exposure.margin_minor) == (5800, None)


def test_asking_for_a_secret_key_changes_nothing(superuser_client):
    store = factories.make_store(secret_key="sk_old_0123456789")
    assert superuser_client.get(key_url(store)).status_code == 200
    assert Store.objects.get(pk=store.pk).secret_key == "sk_old_0123456789"


@pytest.mark.slow
def test_button_leads_to_the_question(admin_of_store_client, store):
    assert "new-secret-key" in admin_of_store_client.get(change_url(store)).content.decode()
    response = admin_of_store_client.get(reverse("admin:experiments_store_new_secret_key", args=[store.pk]))
    assert response["Location"] == key_url(store)


def test_editor_makes_no_secret_key(editor_client, store):
    old = store.secret_key
    assert editor_client.get(key_url(store)).status_code == 403
    assert editor_client.post(key_url(store)).status_code == 403
    assert Store.objects.get(pk=store.pk).secret_key == old


def test_foreign_secret_key_is_not_found(admin_of_store_client):
    foreign = factories.make_store()
    assert admin_of_store_client.post(key_url(foreign)).status_code == 404
    assert Store.objects.get(pk=foreign.pk).secret_key == foreign.secret_key


def test_store_is_made_with_its_keys(superuser_client):
    user = factories.make_user()
    response = submit(
        superuser_client,
        reverse("admin:experiments_store_add"),
        name="New shop",
        slug="new-shop",
        currency="CHF",
        allowed_origins="https://Shop.example\nhttp://localhost:8000\nhttps://shop.example",
        memberships__TOTAL_FORMS="1",
        memberships__0__user=str(user.pk),
        memberships__0__role="editor",
    )
    assert response.status_code == 302
    store = Store.objects.get(slug="new-shop")
    assert store.allowed_origins == ["https://shop.example", "http://localhost:8000"]
    assert store.site_key.startswith("pk_")
    assert store.secret_key.startswith("sk_")
    assert store.memberships.get().user == user


def test_currency_and_slug_stay_as_they_were_made(superuser_client, store):
    submit(superuser_client, change_url(store), currency="USD", slug="other")
    store.refresh_from_db()
    assert (store.currency, store.slug) == ("EUR", "tea")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 201),
        ("name", "nul\x00"),
        ("timezone", "Mars/Phobos"),
        ("allowed_origins", "https://shop.example/path"),
        ("allowed_origins", "shop.example"),
        ("allowed_origins", "javascript:alert(1)"),
        ("allowed_origins", "https://" + "a" * 200 + ".example"),
        ("holdout_share", "101"),
        ("holdout_share", "nan"),
        ("holdout_share", "many"),
        ("max_offers_per_day", "-1"),
        ("max_offers_per_day", "99999999999999999999"),
        ("retention_days", "0"),
        ("consent_mode", "maybe"),
    ],
)
def test_bad_value_is_a_field_error(superuser_client, store, field, value):
    response = submit(superuser_client, change_url(store), **{field: value})
    assert field in errors_of(response)
    assert Store.objects.get(pk=store.pk).name == "Tea shop"


@pytest.mark.parametrize("currency", ["eur", "EURO", "E1R", "€€€"])
def test_bad_currency_is_a_field_error(superuser_client, currency):
    url = reverse("admin:experiments_store_add")
    assert "currency" in errors_of(submit(superuser_client, url, name="N", slug="n", currency=currency))


def test_taken_slug_is_a_field_error(superuser_client, store):
    url = reverse("admin:experiments_store_add")
    assert "slug" in errors_of(submit(superuser_client, url, name="N", slug=store.slug))


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "minor"), [("50", 5000), ("49.90", 4990), ("", None)])
def test_free_shipping_is_typed_in_the_stores_currency(superuser_client, store, typed, minor):
    submit(superuser_client, change_url(store), free_shipping_minor=typed)
    store.refresh_from_db()
    assert store.free_shipping_minor == minor
    submit(superuser_client, change_url(store))  # the page shows what it was
    store.refresh_from_db()
    assert store.free_shipping_minor == minor


def test_preview_page_is_the_stores_or_its_first_origin(store):
    store.allowed_origins = []
    assert store.preview_page == ""
    store.allowed_origins = ["https://tea.example", "https://www.tea.example"]
    assert store.preview_page == "https://tea.example"
    store.preview_url = "https://tea.example/cart"
    assert store.preview_page == "https://tea.example/cart"


@pytest.mark.parametrize("is_used", [True, False])
def test_only_a_store_that_was_never_used_can_be_deleted(superuser_client, store, is_used):
    if is_used:
        factories.make_order(store)
    answer = superuser_client.get(f"/admin/experiments/store/{store.pk}/delete/")
    assert answer.status_code == (403 if is_used else 200)
