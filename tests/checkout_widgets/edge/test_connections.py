"""A shop's plugin connects itself."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from checkout_widgets.edge.connections import ConnectionAnswer
from checkout_widgets.models import Connection
from checkout_widgets.webhooks.shop_systems.registry import SHOP_SYSTEMS
from experiments.models import AuditEntry
from tests import factories
from tests.described import assert_is

PATH = "/v1/connections/woocommerce"
ROOT = Path(settings.BASE_DIR)
SERVER = {"Authorization": "Bearer sk_shop_0123456789abcdef0123456789abcdef"}


@pytest.fixture
def connect(post, store):
    def connect(**fields):
        body = {
            "site_address": "https://shop.example",
            "site_key": "pk_shop",
            "currency": "EUR",
            "now": timezone.now().isoformat(),
            "versions": {"woocommerce": "10.5.2"},
            "origins": ["https://shop.example"],
            "skus": ["boots"],
        }
        return post(PATH, body | fields, **SERVER)

    return connect


def wrong(answer: Any) -> dict[str, str]:
    return {check["code"]: check["message"] for check in answer.json()["checks"] if not check["ok"]}


def test_first_call_connects_and_the_same_again_changes_nothing(connect, store):
    factories.make_product(store, sku="boots")
    first = connect()
    assert first.status_code == 200, first.content
    assert_is(first.json(), ConnectionAnswer)
    assert first.json()["webhook_path"] == "/v1/webhooks/woocommerce/shop"
    assert wrong(first) == {}
    assert len(first.json()["webhook_secret"]) >= 32
    assert set(first.json()["topics"]) <= set(SHOP_SYSTEMS["woocommerce"].topics)
    again = connect(site_address="https://SHOP.example/")
    assert again.json() == first.json() | {"created": False}
    connection = Connection.objects.get()
    assert connection.secret == first.json()["webhook_secret"]
    assert connection.site_address == "https://shop.example"
    assert connection.site_versions == {"woocommerce": "10.5.2"}


def test_connection_is_in_the_audit_trail_once_and_without_its_secret(connect):
    secret = connect().json()["webhook_secret"]
    connect()
    entry = AuditEntry.objects.get()
    assert entry.actor == "plugin"
    assert entry.detail == {"site_address": "https://shop.example"}
    assert secret not in str(entry.detail) + entry.reason


@pytest.mark.slow
def test_rotation_gives_a_new_secret_beside_the_one_before(connect):
    before = connect().json()["webhook_secret"]
    answer = connect(rotate=True).json()
    assert answer["rotated"] is True
    assert answer["webhook_secret"] != before
    assert Connection.objects.get().secrets(timezone.now()) == [answer["webhook_secret"], before]


def test_copied_shop_is_refused_until_the_move_is_confirmed(connect):
    before = connect().json()["webhook_secret"]
    copied = connect(site_address="https://staging.example")
    assert copied.status_code == 409
    assert copied.json()["error"]["code"] == "other_site"
    assert copied.json()["error"]["site_address"] == "https://shop.example"
    assert Connection.objects.get().secret == before
    moved = connect(site_address="https://staging.example", replace_site=True)
    assert moved.status_code == 200
    assert moved.json()["webhook_secret"] != before
    assert connect().json()["error"]["code"] == "other_site"


def test_connection_whose_secret_was_typed_is_taken_over_with_that_secret(connect, store):
    factories.make_connection(store, kind="woocommerce", secret="typed by somebody")
    answer = connect().json()
    assert answer["created"] is False
    assert answer["webhook_secret"] == "typed by somebody"


def test_connection_that_was_switched_off_stays_off(connect):
    connect()
    Connection.objects.update(is_active=False)
    refused = connect()
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "connection_off"


def test_page_can_not_connect(post, store):
    refused = post(PATH, {}, Origin="https://shop.example", **SERVER)
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused


def test_public_key_can_not_connect(post, store):
    assert post(PATH, {"key": "pk_shop"}).status_code == 401


def test_another_stores_connection_is_untouched(connect):
    other = factories.make_connection(factories.make_store(), kind="woocommerce", secret="theirs")
    connect()
    other.refresh_from_db()
    assert (other.secret, other.site_address) == ("theirs", "")


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"now": (timezone.now() + timedelta(hours=2)).isoformat()}, "clock", "minutes. Set the server's time."),
        ({"now": "0001-01-01T00:00:00+15:00"}, "clock", "Set the server's time."),
        ({"site_key": "pk_other"}, "site_key", "one store's setup page"),
        ({"currency": "CHF"}, "currency", "sells in CHF, but the store in Offerlift has EUR"),
        ({"origins": ["https://shop.example", "https://www.shop.example"]}, "origin", "https://www.shop.example is"),
        ({"skus": ["boots", "a", "b"]}, "catalog", "knows 1 of 3 products"),
    ],
)
def test_what_does_not_fit_is_said_and_connects_all_the_same(connect, store, fields, code, words):
    factories.make_product(store, sku="boots")
    answer = connect(**fields)
    assert answer.status_code == 200
    assert list(wrong(answer)) == [code]
    assert words in wrong(answer)[code]


def plugins_texts() -> dict[str, list[str]]:
    """The codes for which the plugin has sentences of its own, with the values that stand in each."""
    source = (ROOT / "integrations/woocommerce/includes/connection/edge-texts.php").read_text()
    found = re.findall(r"^ +'(\w+)' => \[__\('.*', 'offerlift'\), \[(.*)\]\],$", source, re.MULTILINE)
    return {code: re.findall(r"\w+", values) for code, values in found}


def test_each_problem_has_a_code_and_values_for_which_the_plugin_has_a_sentence(connect, store):
    known = plugins_texts()
    answers = [
        connect(now="2020-01-01T00:00:00Z", site_key="pk_other", currency="CHF", origins=["https://www.shop.example"])
    ]
    factories.make_product(store, sku="boots", price_minor=2803)
    answers.append(connect(skus=["boots", "a", "b"], prices=[BOOTS_WITH_TAX], shows_tax=True))
    answers.append(connect(prices=[{"sku": "boots", "shown_minor": 1, "other_minor": 2803}], shows_tax=False))
    problems = {}
    for answer in answers:
        for check in answer.json()["checks"]:
            assert bool(check["problem"]) == (not check["ok"])
            problems[check["problem"]] = check["values"]
    assert problems.pop("") == {}
    assert {code: list(values) for code, values in problems.items()} == {
        code: names for code, names in known.items() if code not in ("other_site", "connection_off")
    }
    assert all(value for values in problems.values() for value in values.values())
    assert problems["few_products_known"] == {"known": "1", "named": "3"}
    assert problems["other_currency"] == {"shop": "CHF", "store": "EUR"}
    documented = (ROOT / "docs/http-api.md").read_text()
    assert [code for code in known if f"`{code}`" not in documented] == []


def test_refusals_name_what_the_plugins_sentence_needs(connect):
    connect()
    refused = connect(site_address="https://staging.example").json()["error"]
    assert [refused[name] for name in plugins_texts()[refused["code"]]] == ["https://shop.example"]
    Connection.objects.update(is_active=False)
    assert connect().json()["error"]["code"] in plugins_texts()


def test_store_without_products_is_told_to_import_them(connect):
    assert "no products yet" in wrong(connect())["catalog"]


def test_products_known_by_the_shops_numbers_are_known(connect, store):
    factories.make_product(store, sku="ours", external_id="118")
    assert wrong(connect(skus=["theirs"], product_ids=["118"])) == {}


@pytest.mark.parametrize(
    "address", ["shop.example", "https://", "https://user:x@shop.example", "https://shop.example?x"]
)
def test_address_that_is_none_is_refused_with_its_field(connect, address):
    refused = connect(site_address=address)
    assert refused.status_code == 400
    assert refused.json()["error"]["field"] == "site_address"


def test_site_that_begins_to_use_https_is_the_same_site(connect):
    before = connect(site_address="http://shop.example").json()["webhook_secret"]
    again = connect(site_address="https://shop.example")
    assert again.status_code == 200
    assert again.json()["webhook_secret"] == before
    assert Connection.objects.get().site_address == "https://shop.example"


BOOTS_WITH_TAX = {"sku": "boots", "shown_minor": 3335, "other_minor": 2803}


@pytest.mark.parametrize(
    ("catalog_minor", "prices", "shows_tax", "words"),
    [
        (3335, [BOOTS_WITH_TAX], True, ""),
        (2803, [BOOTS_WITH_TAX], True, "Enter prices and offers with tax."),
        (2803, [{"sku": "boots", "shown_minor": 2356, "other_minor": 2803}], False, "offers without tax."),
        (2803, [BOOTS_WITH_TAX, {"product_id": "118", "shown_minor": 990, "other_minor": 832}], True, ""),
        (3335, [{"sku": "boots", "shown_minor": 3335, "other_minor": 3335}], True, ""),
        (1, [BOOTS_WITH_TAX], True, ""),
        (2803, [{"sku": "unknown", "shown_minor": 3335, "other_minor": 2803}], True, ""),
    ],
    ids=["with", "without", "with where it shows without", "one of each", "no tax", "another price", "unknown"],
)
def test_prices_with_tax_the_other_way_are_said(connect, store, catalog_minor, prices, shows_tax, words):
    factories.make_product(store, sku="boots", price_minor=catalog_minor)
    factories.make_product(store, sku="ours", external_id="118", price_minor=990)
    message = wrong(connect(prices=prices, shows_tax=shows_tax)).get("tax_basis", "")
    assert bool(words) == bool(message)
    assert words in message


def test_prices_of_another_stores_products_tell_nothing(connect, store):
    factories.make_product(store, sku="other")
    factories.make_product(factories.make_store(), sku="boots", price_minor=2803)
    assert "tax_basis" not in wrong(connect(prices=[BOOTS_WITH_TAX], shows_tax=True))
